package app

import "context"

// whilePermitted reads something for the operator, and asks the store meanwhile
// whether the operator still is one and may do p: a store may be far away, and to
// ask for one after the other would make a person wait twice. Nothing is read for
// who may not as far as this console knows. What was read belongs to the operator
// only if refusal is nil; err is that of the reading. With a refusal that somebody
// is held to account for, the operator comes with it.
func (c *Console) whilePermitted(
	ctx context.Context, p Permission, read func(context.Context) error,
) (operator User, refusal, err error) {
	if o, ok := c.Operator(); !ok || o.Locked || o.MustEnroll || permits(o.User, p) != nil {
		if operator, refusal = c.operator(ctx, p); refusal == nil { // the store knows better by now
			err = read(ctx)
		}
		return operator, refusal, err
	}
	reading, stop := context.WithCancel(ctx)
	defer stop()
	done := make(chan error, 1)
	go func() { done <- read(reading) }()
	if operator, refusal = c.operator(ctx, p); refusal != nil {
		stop()
	}
	return operator, refusal, <-done
}
