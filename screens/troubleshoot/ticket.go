package troubleshoot

import (
	"fmt"
	"strings"

	"github.com/factordesk/factordesk/app"
)

// ticketOf is a finding as text, for whoever looks after the store. Findings hold
// no secret, and neither does this.
func ticketOf(store app.StoreInfo, x app.Examination, f app.Finding) string {
	var b strings.Builder
	head(&b, store, x)
	b.WriteString("\n")
	write(&b, f)
	return b.String()
}

// reportOf is a whole examination as text.
func reportOf(store app.StoreInfo, x app.Examination) string {
	var b strings.Builder
	head(&b, store, x)
	for _, f := range x.Findings {
		b.WriteString("\n")
		write(&b, f)
	}
	list(&b, "Passed", x.Passed)
	list(&b, "Cannot be seen from here", x.Unseen)
	return b.String()
}

func head(b *strings.Builder, store app.StoreInfo, x app.Examination) {
	fmt.Fprintf(b, "Store: %s (%s)\n", store.Name, store.Engine)
	fmt.Fprintf(b, "Checked: %s UTC\n", x.At.UTC().Format("2006-01-02 15:04:05"))
}

// write adds a finding: what is so, what was found, what to do.
func write(b *strings.Builder, f app.Finding) {
	fmt.Fprintf(b, "%s (%s, %s)\n", f.Title, f.Severity, f.Scope)
	if f.About != "" {
		fmt.Fprintf(b, "%s\n", f.About)
	}
	for _, d := range f.Found {
		fmt.Fprintf(b, "  %s: %s\n", d.Name, d.Value)
	}
	for i, s := range f.Steps {
		fmt.Fprintf(b, "%d. %s\n", i+1, s.Text)
		if s.Command != "" {
			fmt.Fprintf(b, "     %s\n", s.Command)
		}
	}
}

func list(b *strings.Builder, title string, lines []string) {
	if len(lines) == 0 {
		return
	}
	fmt.Fprintf(b, "\n%s:\n", title)
	for _, line := range lines {
		fmt.Fprintf(b, "- %s\n", line)
	}
}
