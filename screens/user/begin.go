package user

import "github.com/factordesk/factordesk/app"

// EnrollAtOnce begins to enroll Google Authenticator as soon as the user was
// read, for who comes from the list with just that in mind.
func (s *Screen) EnrollAtOnce() { s.begin = func() { s.enrollCode(app.Google) } }

// TestAtOnce opens the desk test of a code as soon as the user was read.
func (s *Screen) TestAtOnce() { s.begin = s.testCode }

// SetPasswordAtOnce asks for a new password as soon as the user was read.
func (s *Screen) SetPasswordAtOnce() { s.begin = s.setPassword }

func (s *Screen) enrollCode(code app.ProviderCode) {
	if p := s.page.provider(code); s.page.may.enroll == nil && p.Enroller != nil {
		s.enroll(p)
	}
}

// beginOnce does what was asked for before the user was read.
func (s *Screen) beginOnce() {
	if begin := s.begin; begin != nil {
		s.begin = nil
		begin()
	}
}
