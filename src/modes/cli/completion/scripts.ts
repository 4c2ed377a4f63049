/** A shell that completion is written for. */
export type Shell = keyof typeof SCRIPTS;

/**
 * The scripts ask `PROGRAM __complete -- WORDS...`, which answers a line for each word that fits, a tab and what it means
 * behind it; `:files` or `:folders` last when paths may stand there too.
 */
const SCRIPTS = {
  bash: String.raw`# Completion of aitrader for bash; in ~/.bashrc: source <(aitrader completion bash)
_aitrader() {
  local line word paths=
  COMPREPLY=()
  while IFS= read -r line; do
    case $line in
      :files) paths=default ;;
      :folders) paths=dirnames ;;
      *)
        word=\${line%%$'\t'*}
        # What is quoted already is taken as it is.
        [[ \${COMP_WORDS[COMP_CWORD]} == [\"\']* ]] || printf -v word %q "$word"
        COMPREPLY+=("$word")
        ;;
    esac
  done < <(PROGRAM __complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
  if [[ -n $paths ]]; then compopt -o $paths 2>/dev/null; fi
}
complete -F _aitrader aitrader
`,
  zsh: String.raw`#compdef aitrader
# Completion of aitrader for zsh; in ~/.zshrc, after compinit: source <(aitrader completion zsh)
_aitrader() {
  local line
  local -a fitting abouts paths
  for line in "\${(@f)$(PROGRAM __complete -- "\${(@Q)words[2,CURRENT]}" 2>/dev/null)}"; do
    case $line in
      ('') ;;
      (:files) paths=(_files) ;;
      (:folders) paths=(_files -/) ;;
      (*)
        fitting+=("\${line%%$'\t'*}")
        abouts+=("\${line/$'\t'/  -- }")
        ;;
    esac
  done
  (( $#fitting )) && compadd -l -d abouts -a fitting
  "\${paths[@]}"
}
if [[ $funcstack[1] == _aitrader ]]; then _aitrader "$@"; else compdef _aitrader aitrader; fi
`,
  fish: String.raw`# Completion of aitrader for fish: aitrader completion fish > ~/.config/fish/completions/aitrader.fish
function __aitrader_complete
    set -l words (commandline -opc) (commandline -ct)
    for line in (PROGRAM __complete -- $words[2..] 2>/dev/null)
        switch $line
            case :files
                __fish_complete_path (commandline -ct)
            case :folders
                __fish_complete_directories (commandline -ct)
            case '*'
                echo $line
        end
    end
end
complete -c aitrader -f -a '(__aitrader_complete)'
`,
};

/** A word that every one of the three shells reads as it is. */
function quoted(word: string): string {
  return `'${word.replaceAll("'", String.raw`'\''`)}'`;
}

/**
 * What a shell is to read so that Tab completes `aitrader`.
 * @param command how the program is started: the script works wherever it lies and whatever it is called by
 */
export function completionScript(shell: Shell, command: readonly string[]): string {
  return SCRIPTS[shell].replaceAll('\\${', '${').replace('PROGRAM', () => command.map(quoted).join(' '));
}
