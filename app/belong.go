package app

import "context"

// DiagnoseAmongAll is Diagnose, and where the codes fit nothing of the user it
// looks whether they are another's, if the operator may know that: WhoseCode,
// with its own event. progress is told how many factors were tried then; it may
// be nil.
func (c *Console) DiagnoseAmongAll(ctx context.Context, r DiagnosisRequest, progress func(tried int)) (Diagnosis, error) {
	d, err := c.Diagnose(ctx, r)
	if err != nil || d.Sure || c.Permits(CanIdentify) != nil {
		return d, err
	}
	o, err := c.WhoseCode(ctx, r.Readings, progress)
	if err != nil {
		return d, err
	}
	// Codes that may be of the user's own device as well are not said to be another's.
	if !o.Sure || o.Found[0].ID == r.User {
		return d, nil
	}
	provider, err := c.Provider(r.Provider)
	if err != nil {
		return d, err
	}
	return c.diagnostician.BelongsTo(d, o, Patient{
		User: d.User, Provider: provider, Store: c.Store(), Now: d.At, Names: c.providerName,
	}), nil
}
