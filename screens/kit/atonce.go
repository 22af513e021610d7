package kit

import (
	"context"
	"sync"
)

// AtOnce does work that does not wait for each other's ends, such as questions to
// a store that may be far away, and returns when all of it is done: the first
// error in the order of the work, and nil if there is none.
func AtOnce(ctx context.Context, work ...func(ctx context.Context) error) error {
	errs := make([]error, len(work))
	var all sync.WaitGroup
	for i, do := range work {
		all.Go(func() { errs[i] = do(ctx) })
	}
	all.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
