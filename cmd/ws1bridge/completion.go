package main

import "github.com/spf13/cobra"

func (p *program) completionCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "completion bash|zsh|fish|powershell",
		Short: "Print a script that completes commands in a shell",
		Long: `Print a script that makes a shell complete commands, flags and their values, and
the names of directories, which it asks Workspace ONE Access for.`,
		Example: `  source <(ws1bridge completion bash)                                        # this shell
  ws1bridge completion bash > /etc/bash_completion.d/ws1bridge               # all of them
  ws1bridge completion zsh > "${fpath[1]}/_ws1bridge"
  ws1bridge completion fish > ~/.config/fish/completions/ws1bridge.fish
  ws1bridge completion powershell >> $PROFILE`,
		ValidArgs: []string{"bash", "zsh", "fish", "powershell"},
		Args:      cobra.MatchAll(cobra.ExactArgs(1), cobra.OnlyValidArgs),
		RunE: func(cmd *cobra.Command, args []string) error {
			root := cmd.Root()
			return map[string]func() error{
				"bash":       func() error { return root.GenBashCompletionV2(p.stdout, true) },
				"zsh":        func() error { return root.GenZshCompletion(p.stdout) },
				"fish":       func() error { return root.GenFishCompletion(p.stdout, true) },
				"powershell": func() error { return root.GenPowerShellCompletionWithDesc(p.stdout) },
			}[args[0]]()
		},
	}
}
