package main

import (
	"context"
	"errors"
	"strings"

	"github.com/factordesk/factordesk/app"
)

// enter makes somebody the operator of the console: by the kept session, or by
// a sign-in for this command alone.
func (d *desk) enter(ctx context.Context, c *app.Console) error {
	if c.Store().Kind == app.SampleStore {
		return nil // its operator is signed in already
	}
	resumed, err := d.resume(ctx, c)
	if err != nil || resumed {
		return err
	}
	w, err := d.signIn(ctx, c, false)
	if err != nil {
		return err
	}
	d.welcome(c, w)
	return nil
}

// resume goes on with the kept session of the wanted operator, if there is one.
func (d *desk) resume(ctx context.Context, c *app.Console) (bool, error) {
	store := c.Store().ID
	k, ok := d.keptSession(store)
	if wanted := d.flagOr(d.as, envOperator); !ok || (wanted != "" && !sameUser(wanted, k.Operator)) {
		return false, nil
	}
	o, err := c.ResumeSession(ctx, app.NewSecret(k.Token))
	if err == nil && !sameUser(o.User.Username, k.Operator) {
		err = app.Errorf(app.Denied, "The kept session is another operator's.")
	}
	switch app.KindOf(err) {
	case app.Denied, app.NotFound:
		d.dropSession(store)
		message, _ := app.Explain(err)
		d.say("factorctl: %s", lowerOpening(message))
		return false, nil
	}
	return err == nil, err
}

// signIn signs in with what the variables say or the person types.
func (d *desk) signIn(ctx context.Context, c *app.Console, keep bool) (app.Welcome, error) {
	username, err := d.operator(ctx, c)
	if err != nil {
		return app.Welcome{}, err
	}
	password, err := d.password(ctx, "Password of "+username+" in "+c.Store().Name+": ")
	if err != nil {
		return app.Welcome{}, err
	}
	code, err := d.ownCode(ctx)
	if err != nil {
		return app.Welcome{}, err
	}
	return c.SignIn(ctx, app.Credentials{Username: username, Password: password, Code: code, Keep: keep})
}

// operator returns the username to sign in with: as told, or the last one from
// this computer, or the answer to a question.
func (d *desk) operator(ctx context.Context, c *app.Console) (string, error) {
	if wanted := d.flagOr(d.as, envOperator); wanted != "" {
		return wanted, nil
	}
	last, err := d.lastOperator(c.Store())
	if err != nil || last != "" {
		return last, err
	}
	name, err := d.asker.Line(ctx, "Your username in "+c.Store().Name+": ")
	if errors.Is(err, errNoTerminal) {
		return "", app.Errorf(app.Invalid, "It is not said who you are.").WithHint("Set %s, or give --as OPERATOR.", envOperator)
	}
	return name, err
}

// lastOperator returns who signed in to a store last from this computer; it is
// empty when nobody did.
func (d *desk) lastOperator(info app.StoreInfo) (string, error) {
	if info.Shop != nil {
		last, _, err := d.dirs.AtShop(info.Name, *info.Shop)
		return last.Operator, err
	}
	last, _, err := d.dirs.At(info.Location)
	return last.Operator, err
}

// ownCode returns the operator's own code. Everybody is asked for it, so that
// the question does not tell who has an authenticator. A variable that is set
// to nothing says that there is none.
func (d *desk) ownCode(ctx context.Context) (app.Secret, error) {
	if s, ok := d.lookup(envCode); ok {
		return app.NewSecret(s), nil
	}
	s, err := d.asker.Secret(ctx, "Your code, or Enter if you have no authenticator: ")
	if errors.Is(err, errNoTerminal) {
		// Going on without would count as a wrong code for who has an
		// authenticator, and lock a script's operator out.
		return app.Secret{}, app.Errorf(app.Invalid, "There is no terminal on which to ask for your code.").
			WithHint("Set %s, to nothing if you have no authenticator.", envCode)
	}
	return s, err
}

// welcome tells the operator what to hear first.
func (d *desk) welcome(c *app.Console, w app.Welcome) {
	if w.Warning != "" {
		d.say("factorctl: warning: %s", plain(w.Warning))
		d.say(`factorctl: if a backup was restored on purpose, "factorctl audit verify --accept" takes the history as it is now.`)
	}
	for _, e := range w.BreakGlass {
		d.say("factorctl: notice: %s signed in by break-glass, with the %s, on %s at %s.",
			plain(e.Operator), lastKey(c), clock(e.At), plain(e.Console))
	}
}

// lastKey names what a break-glass sign-in takes besides the password.
func lastKey(c *app.Console) string {
	if c.Store().Kind == app.MagentoStore {
		return "crypt key"
	}
	return "recovery key"
}

// enrollFirst tells who must enroll how to do it.
func enrollFirst(username string) string {
	return `Enroll it: "factorctl enroll ` + username + `", then "factorctl confirm ` + username + ` CODE".`
}

// openKeys opens the store's keys for a deed that needs no grant.
func (d *desk) openKeys(ctx context.Context, c *app.Console, why string) error {
	if c.Able(app.AbleOpenSecrets) == nil {
		return nil
	}
	p, err := d.password(ctx, "Your password, to "+why+": ")
	if err != nil {
		return err
	}
	return c.OpenKeys(ctx, p)
}

// grant verifies the operator's password again for one deed. Where the role
// does not permit the deed it asks for nothing and returns no grant: the deed
// then refuses, in the store's audit as well.
func (d *desk) grant(
	ctx context.Context, c *app.Console, p app.Permission, target app.User, deed app.Deed, why string,
) (*app.Grant, error) {
	if !permitted(c, p, target) {
		return nil, nil
	}
	if err := c.Able(app.AbleChange); err != nil {
		return nil, err
	}
	password, err := d.password(ctx, "Your password, to "+why+": ")
	if err != nil {
		return nil, err
	}
	return c.Reverify(ctx, password, deed)
}

// permitted reports whether the operator's role allows p on a user.
func permitted(c *app.Console, p app.Permission, target app.User) bool {
	return c.PermitsOn(p, target) == nil
}

func sameUser(a, b string) bool {
	return app.FoldUsername(strings.TrimSpace(a)) == app.FoldUsername(strings.TrimSpace(b))
}
