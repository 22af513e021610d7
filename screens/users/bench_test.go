package users_test

import (
	"context"
	"testing"

	"github.com/factordesk/factordesk/app"
)

// BenchmarkPage is what a page of 25 costs from the store's answer to laid-out
// rows; the store's own time is left out. Two pages take turns, so that no row
// is as it was.
func BenchmarkPage(b *testing.B) {
	desk := start(b, setup{})
	var pages [2]app.Page
	for i, down := range []bool{false, true} {
		p, err := desk.console.Users(context.Background(), app.Query{Descending: down})
		if err != nil {
			b.Fatal(err)
		}
		pages[i] = p
	}
	turn := 0
	desk.service.page = func(context.Context, app.Query) (app.Page, error) {
		turn++
		return pages[turn%2], nil
	}
	for b.Loop() {
		desk.screen.Refresh()
	}
}

// BenchmarkTyping is a key in the search field, which asks nobody yet.
func BenchmarkTyping(b *testing.B) {
	desk := start(b, setup{})
	search := desk.Field("Search")
	for b.Loop() {
		search.OnChange("ann")
	}
}
