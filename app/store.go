package app

import (
	"context"
	"iter"
	"time"
)

// StoreKind is the sort of a store.
type StoreKind string

// The kinds of stores.
const (
	LocalStore   StoreKind = "local"
	TeamStore    StoreKind = "team"
	MagentoStore StoreKind = "magento"
	SampleStore  StoreKind = "sample"
)

// Tag is the colored word of a store.
type Tag string

// The tags.
const (
	TagProduction Tag = "production"
	TagStaging    Tag = "staging"
	TagTeam       Tag = "team"
	TagLocal      Tag = "local"
	TagSample     Tag = "sample"
)

// StoreInfo describes an open store to people and binds grants and sessions.
type StoreInfo struct {
	ID       string // random, made with the store; two copies of a file share it
	Name     string // "My Desk"
	Kind     StoreKind
	Tag      Tag
	Engine   string // "SQLite file", "Magento 2.4.6 · MariaDB through SSH"
	Location string // path or host, never with a password
	ReadOnly bool

	Shop *ShopAddress // how the shop was reached, as it is saved; nil for stores that are no shops

	Issuer  string       // what authenticator apps show; empty: Name
	Secrets []SecretForm // that a new factor may have, the usual one first; empty: TypedSecret alone
	Lock    LockPolicy   // zero: that of our own stores

	// AuditHere says that the audit is a log on this computer, because the store
	// itself has no place for one: what other consoles do is not in it.
	AuditHere bool
}

// LockPolicy says when failed attempts lock an account, and for how long.
type LockPolicy struct {
	Failures int           // the attempt that locks; 0: none does
	For      time.Duration // from that attempt on
}

// LockPolicy returns the store's policy.
func (i StoreInfo) LockPolicy() LockPolicy {
	if i.Lock == (LockPolicy{}) && !i.AuditHere {
		return LockPolicy{Failures: MaxFailures, For: LockFor}
	}
	return i.Lock
}

// Ability is something that a store may be unable to do.
type Ability string

// The abilities that a screen asks for before it offers a control.
const (
	AbleChange      Ability = "change"       // write at all
	AbleEditUsers   Ability = "edit users"   // add, import, save, remove, give a password
	AbleRoles       Ability = "edit roles"   //
	AbleOpenSecrets Ability = "open secrets" // the keys are open in this process
	AbleSessions    Ability = "end sessions" // of users, in the application that the store belongs to
	AbleTokens      Ability = "end tokens"   // of all of the application's interfaces, with the sessions
	AbleDevices     Ability = "devices"      // factors list their devices
	AbleRepair      Ability = "repair"       // open a factor with an older key, and seal it anew
	AbleEnroll      Ability = "enroll"       // seal a new secret, once the keys are open
	AbleResync      Ability = "resync"       // keep by how much a device's clock or counter is off
)

// Store is where users live. Its methods are deeds, not table access: the
// change and its Event are one transaction, and every guard that two consoles
// could race for (versions, the last Administrator, the last accepted step) is
// kept inside that transaction. All times are UTC. Errors are *Error.
type Store interface {
	Info() StoreInfo

	// Able returns nil, or an *Error whose sentence says why not.
	Able(Ability) error

	Directory
	Identity
	Factors
	Upkeep
	Journal

	Close() error
}

// Directory is the users and roles of a store.
type Directory interface {
	// Users returns one page.
	Users(ctx context.Context, q Query) (Page, error)

	// Counts returns the numbers of the filter chips.
	Counts(ctx context.Context) (Counts, error)

	// User returns one user with factors, or NotFound.
	User(ctx context.Context, id UserID) (User, error)

	// FindUser returns the user of a username, letter case ignored, or NotFound.
	FindUser(ctx context.Context, username string) (User, error)

	// Roles returns all roles, built-in ones first.
	Roles(ctx context.Context) ([]Role, error)

	// AddUser returns the new user; Conflict when the username is taken.
	AddUser(ctx context.Context, n NewUser, e Event) (User, error)

	// SaveUser returns the user as saved; Conflict when the version is another
	// by now or the username is taken, Denied for the last active Administrator.
	// The sessions of an operator who is switched off, or loses a permission, end.
	SaveUser(ctx context.Context, c UserChange, e Event) (User, error)

	// RemoveUser forgets a user with all factors; Conflict and Denied as SaveUser.
	RemoveUser(ctx context.Context, id UserID, version int64, e Event) error

	// SaveRole adds a role (empty ID) or changes one.
	SaveRole(ctx context.Context, r Role, e Event) (Role, error)

	// RemoveRole forgets a custom role; Conflict while a user has it.
	RemoveRole(ctx context.Context, id RoleID, version int64, e Event) error

	// Import adds or updates users, all in one transaction with its event, after
	// those that RowEvent tells of: when ctx ends or the store fails, nothing is in.
	Import(ctx context.Context, i Import, e Event) (ImportResult, error)
}

// Column is what users can be sorted by.
type Column string

// The columns.
const (
	ByName       Column = "name" // last name is not special: the full name as shown
	ByUsername   Column = "username"
	ByEmail      Column = "email"
	ByRole       Column = "role"
	ByLastSignIn Column = "last-sign-in"
)

// Filter is a quick filter.
type Filter string

// The filters.
const (
	All            Filter = ""
	NoTwoFactor    Filter = "no-2fa"     // nothing is enrolled, not even pending
	WithPending    Filter = "pending"    // has a pending factor
	WithActive     Filter = "active"     // has an active factor
	WithLock       Filter = "locked"     // is locked out now
	Inactive       Filter = "inactive"   // the account is off
	WithUnreadable Filter = "unreadable" // has a factor that no key opens
)

// Query chooses one page of users. After and Before are cursors of a Page
// with the same Search, Filter, Sort and Descending; Offset is for the
// terminal and slow deep in a list.
type Query struct {
	Search     string // part of name, username or email; letter case ignored
	Filter     Filter
	Sort       Column // empty: ByName
	Descending bool
	Limit      int // 0: 25
	Offset     int
	After      Cursor
	Before     Cursor
}

// Cursor marks a place between two users in a sorted list. It is opaque.
type Cursor string

// Page is some users in order. An empty Next or Previous means that there is
// nothing more in that direction.
type Page struct {
	Users    []User
	Next     Cursor
	Previous Cursor
	Total    int // all that the query chooses; with a search, up to CountLimit
}

// Counts are the numbers of the filter chips.
type Counts struct {
	All, NoTwoFactor, Pending, Active, Locked, Inactive, Unreadable int
}

// Import is the good lines of a file on their way into a store.
type Import struct {
	// Rows yields the lines that could be read. An error ends the import.
	Rows iter.Seq2[ImportRow, error]

	// Permit is asked before a row changes an existing user (nil for a new
	// one); its error makes the row rejected with that sentence.
	Permit func(existing *User, row ImportRow) error

	// Progress is told how many rows are in; it may be nil.
	Progress func(rows int)
}

// ImportRow is one line. Has says which optional columns the file has; an
// update leaves the others as they are, a new user gets no name, no role, and
// is active.
type ImportRow struct {
	Line int
	NewUser
	HasFirstName, HasLastName, HasRole, HasActive bool
}

// Rejected is one line that did not go in.
type Rejected struct {
	Line   int
	Reason string // one sentence
}

// ImportResult says what an import did. Same counts lines equal to what was
// there already.
type ImportResult struct {
	Added, Updated, Same int
	Rejected             []Rejected // in the order of the file
}

// Identity is how operators prove who they are.
type Identity interface {
	// CheckPassword checks an operator's password. A wrong one counts and may
	// lock, with a refused Event in the same transaction; a right one opens the
	// store's keys in this process, writes nothing unless Complete, and has no
	// event. An empty password or an empty stored one never matches. An unknown
	// username takes as long as a known one. A recovery key that does not fit its
	// own check group is Invalid before anything is looked at: it counts nothing
	// and has no event. Where the event names no operator,
	// the store puts in the one whose username it knows, never the text typed.
	CheckPassword(ctx context.Context, c PasswordCheck) (Attempt, error)

	// SignedIn records a completed sign-in: last sign-in (but where that is a fact
	// about the application that the store belongs to), failures cleared, the event, and with Keep a session, whose token it returns. BreakGlass marks
	// the user to enroll again.
	SignedIn(ctx context.Context, s SignIn, e Event) (token Secret, err error)

	// Resume returns the session of a token and its operator, and prolongs it;
	// Denied when it has ended. It opens no keys.
	Resume(ctx context.Context, token Secret, at time.Time) (Session, User, error)

	// EndSession ends the session of a token; an empty token ends none and only
	// writes the event.
	EndSession(ctx context.Context, token Secret, e Event) error

	// SetPassword gives a user a new password, which makes the user an operator.
	// Kept sessions of the user end, and User.PasswordSince becomes a later one.
	SetPassword(ctx context.Context, id UserID, password Secret, e Event) error

	// Forget drops the opened keys from memory.
	Forget()
}

// PasswordCheck is one attempt with a password.
type PasswordCheck struct {
	Username string
	Password Secret
	Recovery Secret // break-glass: the recovery key, or a key of the application's own; must be right, too
	Complete bool   // no further proof follows: a right password clears the failed attempts
	At       time.Time
	Event    Event // written when refused
}

// SignIn is a completed sign-in.
type SignIn struct {
	ID         UserID
	At         time.Time
	Keep       bool // make a session that outlives the process
	Stay       bool // make one that is seen by others while this process lives; where the store is one of Desks
	BreakGlass bool
}

// SessionIdle is how long a kept session lives without use.
const SessionIdle = 10 * time.Minute

// Session is a kept sign-in.
type Session struct {
	Operator   UserID
	BreakGlass bool
	Started    time.Time
	Ends       time.Time // unless it is used before
}

// Factors is what people prove themselves with.
type Factors interface {
	// PutFactor seals and stores a new factor as pending, in place of a pending
	// one. Conflict when one is active (unless replace), or when the user's
	// version is another by now.
	PutFactor(ctx context.Context, p NewFactor, e Event) error

	// ConfirmFactor makes a pending factor active if the code is right, and
	// consumes the code; the user need not enroll at sign-in any more. A wrong
	// code counts nothing but is a refused event.
	ConfirmFactor(ctx context.Context, c CodeCheck) (Attempt, error)

	// VerifyCode is a sign-in check: it consumes the code in one conditional
	// update, clears or counts failed attempts, and locks. An empty code is a
	// wrong one. An accepted code also ends MustEnroll. Where no code can be
	// right (nothing active, account switched off, locked) none is looked at.
	// One event.
	VerifyCode(ctx context.Context, c CodeCheck) (Attempt, error)

	// TestCode says whether the code would be accepted, and changes nothing but
	// the audit.
	TestCode(ctx context.Context, c CodeCheck) (Attempt, error)

	// Reset forgets one factor, whether or not a key opens it, and marks the
	// user to enroll at the next sign-in. Of a factor that is Whole it forgets all.
	// NotFound when there is nothing to reset; Conflict when the user's version is
	// another by now.
	Reset(ctx context.Context, r FactorReset, e Event) error

	// Unlock clears the lock-out and the failed attempts. Conflict when the user's
	// version is another by now; version 0 is any.
	Unlock(ctx context.Context, id UserID, version int64, e Event) error
}

// NewFactor is a factor on its way into a store. Version 0 is any.
type NewFactor struct {
	User    UserID
	Version int64
	Factor  FactorSecret
	Replace bool // an active factor may be replaced: break-glass only
	At      time.Time
}

// FactorReset names one factor to forget, and what to do besides, in the same
// transaction. Version 0 is any.
type FactorReset struct {
	User        UserID
	Version     int64
	Provider    ProviderCode
	EndSessions bool // of the user, as Upkeep.EndSessions does; where the store is able
	Unlock      bool // clear the lock-out and the failed attempts
}

// Upkeep is what only some stores are able to do. The others return what Able
// says of it, and change nothing.
type Upkeep interface {
	// EndSessions signs the user out of the application that the store belongs
	// to, everywhere, and takes back the tokens of its interfaces. It returns how
	// many sessions were open.
	EndSessions(ctx context.Context, id UserID, e Event) (int, error)

	// Repair opens a factor with older keys and seals it with the store's own.
	// Unreadable when they do not open it either; NotFound when no factor is
	// unreadable; Conflict when the user's version is another by now.
	Repair(ctx context.Context, r FactorRepair, e Event) error

	// Examine looks for what is wrong with the store itself. It changes nothing.
	Examine(ctx context.Context) (Examination, error)
}

// FactorRepair names a factor that no key of the store opens, and older keys,
// as the application writes them. Version 0 is any.
type FactorRepair struct {
	User     UserID
	Version  int64
	Provider ProviderCode
	Keys     Secret
}

// CodeCheck is one attempt with a code.
type CodeCheck struct {
	User     UserID
	Provider ProviderCode
	Code     Secret
	At       time.Time
	Event    Event // the store adds outcome and reason
}

// Window is how many steps before and after now our own stores accept (RFC
// 6238 section 5.2).
const Window = 1

// Journal is the audit of a store.
type Journal interface {
	// Append writes one event on its own: a refused attempt, a sign-out.
	Append(ctx context.Context, e Event) error

	// Events returns one page, newest first.
	Events(ctx context.Context, q EventQuery) (EventPage, error)

	// Head returns the newest event's number and hash; zero when there is none.
	Head(ctx context.Context) (Head, error)

	// HashAt returns the hash of one event, or NotFound.
	HashAt(ctx context.Context, seq int64) ([]byte, error)

	// VerifyChain recomputes the whole chain. progress may be nil.
	VerifyChain(ctx context.Context, progress func(done, total int64)) (AuditReport, error)
}
