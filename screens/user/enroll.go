package user

import (
	"context"

	"fyne.io/fyne/v2"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/screens/kit"
)

// enroll makes a new secret after the operator's password, and hands it up to
// be shown once.
func (s *Screen) enroll(provider app.Provider) {
	p := s.page
	if p == nil {
		return
	}
	u := p.user
	form := newFormChoice(p.store.Secrets)
	deed := app.Deed{Action: app.DoEnroll, Target: u.ID, Provider: provider.Code}
	s.askWith(form.content, "enroll "+provider.Name+" for "+u.Name(), deed, func(g *app.Grant) {
		kit.Go(s.kit, func(ctx context.Context) (app.Enrollment, error) {
			return s.service.Enroll(ctx, g, app.EnrollRequest{
				User: u.ID, Version: s.latest(p).user.Version, Provider: provider.Code, Secret: form.chosen(),
			})
		}, func(e app.Enrollment, err error) {
			if err != nil {
				s.failed(provider.Name+" was not enrolled", err)
				return
			}
			s.on.Enrolled(e)
		})
	})
}

// formChoice is how long the secret is to be, where a store leaves that open.
type formChoice struct {
	forms   []app.SecretForm
	list    *kit.RadioList
	content fyne.CanvasObject // nil where there is nothing to choose
}

// formOptions say what the forms of a secret mean to the person who enrolls.
var formOptions = map[app.SecretForm]kit.RadioOption{
	app.TypedSecret: {
		Title: "Can be typed", Remark: "· 32 characters",
		Caption: "Any phone takes it, also one without a camera.",
	},
	app.MagentoSecret: {
		Title: "As Magento makes it", Remark: "· 212 characters, for scanning only",
		Caption: "As long as the secrets that the shop makes itself.",
	},
}

// newFormChoice offers the forms of a store, the first one chosen.
func newFormChoice(forms []app.SecretForm) *formChoice {
	c := &formChoice{forms: forms}
	if len(forms) < 2 {
		return c
	}
	options := make([]kit.RadioOption, len(forms))
	for i, form := range forms {
		options[i] = formOptions[form]
	}
	c.list = kit.NewRadioList(nil, options...)
	c.list.Set(0)
	c.content = kit.Column(6, kit.Label("The new secret"), kit.NewFrame(kit.ColorSurface, kit.ColorLine, kit.PadAll(1, c.list)))
	return c
}

// chosen is the form that was chosen; empty is the store's usual one.
func (c *formChoice) chosen() app.SecretForm {
	if c.list == nil {
		return ""
	}
	return c.forms[c.list.Chosen()]
}
