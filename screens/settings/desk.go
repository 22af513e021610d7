package settings

import (
	"context"

	"fyne.io/fyne/v2"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/screens/kit"
)

// Desk is what the screen asks of the Console of the open store.
type Desk interface {
	Store() app.StoreInfo
	Operator() (app.Operator, bool)
	Permits(p app.Permission) error

	CanRotate() error
	Rotation(ctx context.Context) (app.Rotation, error)
	Rotate(ctx context.Context, g *app.Grant, q app.RotateRequest) (app.RotateResult, error)

	CanSeeDesks() error
	AtDesks(ctx context.Context) ([]app.DeskSession, error)
	EndSessions(ctx context.Context, g *app.Grant, id app.UserID, reason string) (int, error)

	Reverify(ctx context.Context, password app.Secret, d app.Deed) (*app.Grant, error)
}

// desk is the part of the screen that is about the open store: its keys, and who
// is signed in to it.
type desk struct {
	screen *Screen
	desk   Desk
	keys   *keys
	roll   *roll
}

func newDesk(s *Screen, d Desk) *desk {
	p := &desk{screen: s, desk: d}
	p.keys, p.roll = newKeys(p), newRoll(p)
	return p
}

// groups are the cards. A shop has neither keys of ours nor desks.
func (p *desk) groups() []fyne.CanvasObject {
	if p == nil || p.desk.Store().Kind == app.MagentoStore {
		return nil
	}
	return []fyne.CanvasObject{p.keys.card, p.roll.card}
}

// load reads what the cards show.
func (p *desk) load() {
	if len(p.groups()) == 0 { // also where there is no desk
		return
	}
	p.keys.load()
	p.roll.load()
}

// ask opens Current User Identity Verification for a deed, and goes on with the
// grant.
func (p *desk) ask(action string, d app.Deed, done func(g *app.Grant)) {
	operator, _ := p.desk.Operator()
	kit.Password(p.screen.kit, kit.PasswordSpec[*app.Grant]{
		Store: p.head(), Action: action, Operator: operator.User.Name(),
		Check: func(ctx context.Context, password string) (*app.Grant, error) {
			return p.desk.Reverify(ctx, app.NewSecret(password), d)
		},
		Done: done,
	})
}

// head is what the dialogs say about the store.
func (p *desk) head() kit.Store { return kit.StoreOf(p.desk.Store()) }

// first returns the sentence of the first reason why not; empty: there is none.
func (p *desk) first(reasons ...error) string {
	for _, err := range reasons {
		if err != nil {
			what, _ := app.Explain(err)
			return what
		}
	}
	return ""
}

// open is a card under a title whose rows are read from the store.
func open(title string, body fyne.CanvasObject) *kit.Card {
	return kit.NewCard(body).Room(0).Head(kit.PadXY(kit.Space16, kit.Space12, kit.NewText(title).At(kit.Size14).Strong()))
}

// rows puts rows under each other, with lines between them.
func rows(all ...fyne.CanvasObject) fyne.CanvasObject {
	var parts []fyne.CanvasObject
	for i, r := range all {
		if i > 0 {
			parts = append(parts, kit.Separator())
		}
		parts = append(parts, kit.PadXY(kit.Space16, kit.Space12, r))
	}
	return kit.Column(0, parts...)
}
