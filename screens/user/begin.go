package user

import "github.com/factordesk/factordesk/app"

// EnrollAtOnce begins to enroll Google Authenticator as soon as the user was
// read, for who comes from the list with just that in mind.
func (s *Screen) EnrollAtOnce() { s.begin = func() { s.enrollCode(app.Google) } }

// TestAtOnce opens the desk test of a code as soon as the user was read.
func (s *Screen) TestAtOnce() {
	s.begin = func() {
		if first(s.page.may.verify, s.page.may.secrets) == nil {
			s.testCode()
		}
	}
}

// ResetAtOnce begins the reset of a factor as soon as the user was read, if it
// can be reset.
func (s *Screen) ResetAtOnce(code app.ProviderCode) {
	s.begin = func() {
		s.choose(TabTwoFactor)
		if s.page.may.reset == nil && s.page.user.Factor(code).Status != app.StatusNotEnrolled {
			s.reset(s.page.provider(code))
		}
	}
}

// UnlockAtOnce asks for the password to unlock as soon as the user was read.
func (s *Screen) UnlockAtOnce() {
	s.begin = func() {
		if s.page.may.unlock == nil && s.page.user.Locked(s.kit.Now()) {
			s.unlock()
		}
	}
}

// SetPasswordAtOnce asks for a new password as soon as the user was read.
func (s *Screen) SetPasswordAtOnce() {
	s.begin = func() {
		if s.page.may.password == nil {
			s.setPassword()
		}
	}
}

func (s *Screen) enrollCode(code app.ProviderCode) {
	provider := s.page.provider(code)
	switch s.page.user.Factor(code).Status {
	case app.StatusActive, app.StatusUnreadable:
		return // the card says what comes first
	case app.StatusNotEnrolled, app.StatusPending:
	}
	if s.cannotEnroll(s.page, provider) == nil {
		s.enroll(provider)
	}
}

// beginOnce does what was asked for before the user was read.
func (s *Screen) beginOnce() {
	if begin := s.begin; begin != nil {
		s.begin = nil
		begin()
	}
}
