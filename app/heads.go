package app

import (
	"bytes"
	"context"
	"slices"
)

// HeadMemory keeps, outside the store, the last Head that this console saw of
// a store, so that a store set back to an older copy is noticed.
type HeadMemory interface {
	Recall(store string) (Head, bool)
	Remember(store string, h Head) error
}

// BranchMemory is a HeadMemory that can tell a store from the copies of it that
// were made at this console: they have the same ID, and each its own newest event.
type BranchMemory interface {
	// Branches returns the newest events seen, the one remembered last first.
	Branches(store string) []Head

	// RememberBranches keeps them in place of those before.
	RememberBranches(store string, heads []Head) error
}

// maxBranches is how many copies of one store a console tells apart.
const maxBranches = 8

// branches returns what this console has seen of the store and its copies.
func (c *Console) branches() []Head {
	if c.heads == nil {
		return nil
	}
	if b, ok := c.heads.(BranchMemory); ok {
		return b.Branches(c.store.Info().ID)
	}
	if h, ok := c.heads.Recall(c.store.Info().ID); ok && h.Seq > 0 {
		return []Head{h}
	}
	return nil
}

// ownBranch returns which of the branches the store has in its history, the
// longest one where it has several; -1: none. sentence says then what has become
// of the one seen last.
func (c *Console) ownBranch(ctx context.Context, seen []Head) (own int, sentence string) {
	own = -1
	for i, known := range seen {
		hash, err := c.store.HashAt(ctx, known.Seq)
		switch {
		case err == nil && bytes.Equal(hash, known.Hash):
			if own < 0 || known.Seq > seen[own].Seq {
				own = i
			}
		case err != nil && KindOf(err) != NotFound:
			return -1, "" // nobody can say
		case sentence != "":
		case err != nil:
			sentence = "This store was set back to an older copy, or its newest events were cut off: this console has already seen event " +
				Thousands(known.Seq) + ", and it is gone."
		default:
			sentence = "The history of this store was rewritten: event " + Thousands(known.Seq) +
				" is not the one that this console has seen."
		}
	}
	if own >= 0 {
		sentence = ""
	}
	return own, sentence
}

// checkHead compares the store with what this console remembers of it, and
// returns a sentence when the store lost or changed events meanwhile.
func (c *Console) checkHead(ctx context.Context) string {
	_, sentence := c.ownBranch(ctx, c.branches())
	return sentence
}

// rememberHead keeps the newest event for the next time, unless the store does
// not fit what is remembered: then the warning stays until AcceptHistory.
func (c *Console) rememberHead(ctx context.Context) {
	if c.heads == nil {
		return
	}
	seen := c.branches()
	own, _ := c.ownBranch(ctx, seen)
	switch {
	case own >= 0:
		seen = slices.Delete(slices.Clone(seen), own, own+1)
	case len(seen) > 0:
		return
	}
	if h, err := c.store.Head(ctx); err == nil && h.Seq > 0 {
		// Forgetting the head loses a warning, never a deed.
		_ = c.keepBranches(append([]Head{h}, seen...))
	}
}

// rememberToo keeps a head beside those that are remembered already.
func (c *Console) rememberToo(h Head) error {
	if c.heads == nil {
		return nil
	}
	return c.keepBranches(append([]Head{h}, c.branches()...))
}

func (c *Console) keepBranches(seen []Head) error {
	b, ok := c.heads.(BranchMemory)
	if !ok {
		return c.heads.Remember(c.store.Info().ID, seen[0])
	}
	return b.RememberBranches(c.store.Info().ID, seen[:min(len(seen), maxBranches)])
}
