package main

import (
	"fmt"

	"github.com/spf13/cobra"
)

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
		Args:      usageArgs(cobra.MatchAll(cobra.ExactArgs(1), cobra.OnlyValidArgs)),
		RunE: func(cmd *cobra.Command, args []string) error {
			root := cmd.Root()
			switch args[0] {
			case "bash":
				return root.GenBashCompletionV2(p.stdout, true)
			case "zsh":
				return root.GenZshCompletion(p.stdout)
			case "fish":
				return root.GenFishCompletion(p.stdout, true)
			case "powershell":
				return root.GenPowerShellCompletionWithDesc(p.stdout)
			}
			return fmt.Errorf("there is no script for the shell %s", args[0])
		},
	}
}
