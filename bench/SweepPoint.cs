namespace Cellpose3D.Bench;

/// <summary>Mean scores of one way of linking over the movies of one setting.</summary>
internal sealed record SweepPoint(
    string Sweep, double Value, string Masks, string Way, int Movies, double Step, double Lnk, double Bio, double Ct, double Tf, double Bc, double Chota);
