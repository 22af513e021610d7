package main

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"time"

	"github.com/factordesk/factordesk/app"
	"github.com/factordesk/factordesk/app/otp"
	"github.com/factordesk/factordesk/app/otpauth"
)

// The users that all workers act on: factors on some, import files on others.
const (
	withFactors = 12
	inFiles     = 1500
)

// desk does one deed after the other for a while.
func (w *worker) desk(long time.Duration) error {
	// What ends in a refusal or a conflict is a deed as good as another.
	deeds := []func(app.User) error{
		w.add, w.save, w.save, w.enroll, w.enroll, w.reset, w.reset, w.verify, w.unlock, w.importFile,
	}
	for end := time.Now().Add(long); time.Now().Before(end); {
		u, err := w.c.FindUser(w.ctx, fmt.Sprintf("f%02d", rand.IntN(withFactors)))
		if err != nil {
			return err
		}
		if err := deeds[rand.IntN(len(deeds))](u); err != nil {
			return err
		}
	}
	return nil
}

// add adds a user, and every other time forgets the user again.
func (w *worker) add(app.User) error {
	name := "added-" + w.next()
	var u app.User
	err := w.granted("add user "+name, app.Deed{Action: app.DoAddUser}, func(g *app.Grant) (err error) {
		u, err = w.c.AddUser(w.ctx, g, app.NewUser{Username: name, Email: name + "@example.com", Active: true})
		return err
	})
	if err != nil || u.ID == "" || w.marks%2 == 0 {
		return err
	}
	mark := w.next()
	return w.granted("remove user "+name+" "+mark, app.Deed{Action: app.DoRemoveUser, Target: u.ID}, func(g *app.Grant) error {
		return w.c.RemoveUser(w.ctx, g, u.ID, u.Version, mark)
	})
}

func (w *worker) save(u app.User) error {
	mark := w.next()
	return w.granted("save user "+u.Username+" "+mark, app.Deed{Action: app.DoSaveUser, Target: u.ID}, func(g *app.Grant) error {
		_, err := w.c.SaveUser(w.ctx, g, app.UserChange{
			ID: u.ID, Version: u.Version, Username: u.Username, Email: u.Email, FirstName: mark, LastName: u.LastName,
			Role: u.Role.ID, Active: !u.Active,
		})
		return err
	})
}

// enroll makes a factor and confirms it; an active one is reset before.
func (w *worker) enroll(u app.User) error {
	if u.Factor(app.Google).Status == app.StatusActive {
		return w.reset(u)
	}
	mark := w.next()
	var made app.Enrollment
	deed := app.Deed{Action: app.DoEnroll, Target: u.ID, Provider: app.Google}
	err := w.granted("enroll "+u.Username+" "+mark, deed, func(g *app.Grant) (err error) {
		made, err = w.c.Enroll(w.ctx, g, app.EnrollRequest{User: u.ID, Version: u.Version, Provider: app.Google, Reason: mark})
		return err
	})
	if err != nil || made.Factor.URI.Empty() {
		return err
	}
	w.secrets[u.Username] = made.Factor.URI.Reveal()
	return w.deed("confirm first code "+u.Username, func() (bool, error) {
		a, err := w.c.Confirm(w.ctx, u.ID, app.Google, w.code(u))
		return a.Accepted(), err
	})
}

// reset forgets a factor; where there is none it enrolls one.
func (w *worker) reset(u app.User) error {
	if u.Factor(app.Google).Status == app.StatusNotEnrolled {
		return w.enroll(u)
	}
	mark := w.next()
	deed := app.Deed{Action: app.DoReset, Target: u.ID, Provider: app.Google}
	return w.granted("reset "+u.Username+" "+mark, deed, func(g *app.Grant) error {
		return w.c.Reset(w.ctx, g, app.ResetRequest{User: u.ID, Version: u.Version, Provider: app.Google, Reason: mark})
	})
}

// verify checks a code, which may be right, used up, or of another secret.
func (w *worker) verify(u app.User) error {
	return w.deed("verify code "+u.Username, func() (bool, error) {
		a, err := w.c.Verify(w.ctx, u.ID, app.Google, w.code(u))
		return a.Accepted(), err
	})
}

func (w *worker) unlock(u app.User) error {
	mark := w.next()
	return w.granted("unlock "+u.Username+" "+mark, app.Deed{Action: app.DoUnlock, Target: u.ID}, func(g *app.Grant) error {
		return w.c.Unlock(w.ctx, g, app.UnlockRequest{User: u.ID, Version: u.Version, Reason: mark})
	})
}

// importFile writes a file of users, which stays for who checks the store
// afterwards, and imports it.
func (w *worker) importFile(app.User) error {
	mark := w.next()
	var b bytes.Buffer
	b.WriteString("username,email,first_name,active\n")
	for n := range rand.IntN(inFiles) {
		switch {
		case rand.IntN(50) == 0:
			fmt.Fprintf(&b, "p%04d,no address,%s,1\n", n, mark)
		case rand.IntN(3) > 0:
			fmt.Fprintf(&b, "p%04d,p%04d@%s.example.com,%s,%d\n", n, n, mark, mark, rand.IntN(2))
		}
	}
	if err := os.WriteFile(filepath.Join(w.folder, mark), b.Bytes(), 0o600); err != nil {
		return err
	}
	return w.granted("import users "+mark, app.Deed{Action: app.DoImport}, func(g *app.Grant) error {
		_, err := w.c.ImportUsers(w.ctx, g, app.ImportRequest{File: bytes.NewReader(b.Bytes()), Name: mark})
		return err
	})
}

// code is the code of now of a factor that this worker enrolled.
func (w *worker) code(u app.User) app.Secret {
	key, err := otpauth.Parse(w.secrets[u.Username])
	if err != nil {
		return app.NewSecret("000000")
	}
	text, err := otp.CodeAt(key.Secret, key.Params, time.Now())
	if err != nil {
		return app.NewSecret("000000")
	}
	return app.NewSecret(text)
}
