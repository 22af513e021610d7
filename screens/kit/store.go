package kit

import "github.com/factordesk/factordesk/app"

// StoreOf is what a dialog says about an open store.
func StoreOf(i app.StoreInfo) Store { return Store{Name: i.Name, Tag: TagOf(i)} }

// TagOf is the tag of a store: the one it was given, or that of its kind.
func TagOf(i app.StoreInfo) StoreTag {
	switch i.Tag {
	case app.TagProduction:
		return TagProduction
	case app.TagStaging:
		return TagStaging
	case app.TagTeam:
		return TagTeam
	case app.TagLocal:
		return TagLocal
	case app.TagSample:
		return TagSample
	}
	switch i.Kind {
	case app.SampleStore:
		return TagSample
	case app.TeamStore:
		return TagTeam
	case app.LocalStore, app.MagentoStore:
	}
	return TagLocal
}
