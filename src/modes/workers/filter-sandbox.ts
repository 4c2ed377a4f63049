import { serveSandbox } from '../../adapters/sandbox/isolated-vm/process/host.ts';
import type { HostSetup } from '../../adapters/sandbox/isolated-vm/process/host.ts';
import { sandboxModules } from '../assets.ts';

/** The socket to the engine's process, see the stdio of the spawn. */
const SOCKET = 3;

serveSandbox(SOCKET, JSON.parse(process.argv[2] ?? '') as HostSetup, sandboxModules());
