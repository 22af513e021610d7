package main

import (
	"context"
	"strings"

	"github.com/spf13/cobra"

	"github.com/factordesk/factordesk/app"
)

func doctorCommand(d *desk) *cobra.Command {
	return &cobra.Command{
		Use:   "doctor",
		Short: "Look for what is wrong with this store, most serious first",
		Long: `Looks for what is wrong with the second factors of this store, and says what to do
about it, most serious first: critical (people cannot sign in, or anybody could),
serious (some are kept out, or soon will be), notice (worth knowing). It changes
nothing. Commands among the steps are for the shop's own server.

What is fine, and what cannot be seen from here, comes last.

With --json, one finding a line: {"code","severity","title","summary","scope",
"about","found":[{"name","value"}],"steps":[{"text","command"}],"filter"}. The code
is stable; filter is one of "users list --filter", or empty. The rest goes to
standard error.

Exit codes: 0 looked, whatever was found, 1 refused, 5 the store cannot be reached.`,
		Example: `  factorctl doctor
  factorctl --store juniper doctor --json | jq -r .title`,
		Args: arguments(),
		RunE: d.signedIn(func(ctx context.Context, c *app.Console, _ []string) error {
			x, err := c.Examine(ctx)
			if err != nil {
				return err
			}
			return d.showExamination(x)
		}),
	}
}

// showExamination prints what was found, and says what else there is to know.
func (d *desk) showExamination(x app.Examination) error {
	for _, f := range x.Findings {
		if d.json {
			if err := d.print(findingToJSON(f)); err != nil {
				return err
			}
			continue
		}
		d.tell("%s", plain(findingWords(f)))
	}
	if len(x.Findings) == 0 {
		d.tell("Nothing is wrong.\n")
	}
	if len(x.Passed) > 0 {
		d.tell("%s", plain(wrapped("Fine: "+strings.Join(x.Passed, " · "), "", "")))
	}
	for _, sentence := range x.Unseen {
		d.tell("%s", plain(wrapped(sentence, "Not seen from here: ", "  ")))
	}
	return nil
}

// findingWords is a finding for people: what is so, the facts, what to do.
func findingWords(f app.Finding) string {
	var b strings.Builder
	head := strings.ToUpper(string(f.Severity)) + "  " + f.Title
	if f.Scope != "" {
		head += " (" + f.Scope + ")"
	}
	b.WriteString(head + "\n")
	for _, part := range []string{f.Summary, f.About} {
		if part != "" {
			b.WriteString(wrapped(part, "  ", "  ") + "\n")
		}
	}
	widest := 0
	for _, fact := range f.Found {
		widest = max(widest, width(fact.Name))
	}
	for _, fact := range f.Found {
		b.WriteString("    " + fact.Name + strings.Repeat(" ", widest-width(fact.Name)+2) + fact.Value + "\n")
	}
	for _, step := range f.Steps {
		b.WriteString(wrapped(step.Text, "  > ", "    ") + "\n")
		if step.Command != "" {
			b.WriteString("      " + strings.ReplaceAll(step.Command, "\n", "\n      ") + "\n")
		}
	}
	if f.Filter != "" {
		b.WriteString("  > factorctl users list --filter " + string(f.Filter) + "\n")
	}
	return b.String()
}

func findingToJSON(f app.Finding) findingJSON {
	j := findingJSON{
		Code: f.Code, Severity: f.Severity, Title: f.Title, Summary: f.Summary, Scope: f.Scope, About: f.About,
		Found: []factJSON{}, Steps: []stepJSON{}, Filter: f.Filter,
	}
	for _, fact := range f.Found {
		j.Found = append(j.Found, factJSON{Name: fact.Name, Value: fact.Value})
	}
	for _, s := range f.Steps {
		j.Steps = append(j.Steps, stepJSON{Text: s.Text, Command: s.Command})
	}
	return j
}

// textWidth is how wide running text is made, in columns.
const textWidth = 80

// wrapped breaks a text at blanks into lines of textWidth at most, where words
// allow it. first stands before the first line, rest before the others.
func wrapped(text, first, rest string) string {
	var lines []string
	line := first
	empty := true
	for _, word := range strings.Fields(text) {
		if !empty && width(line)+1+width(word) > textWidth {
			lines = append(lines, line)
			line, empty = rest, true
		}
		if !empty {
			line += " "
		}
		line += word
		empty = false
	}
	return strings.Join(append(lines, line), "\n")
}
