namespace Cellpose3D.IO.Zarr;

/// <summary>An axis of an OME-Zarr image: its canonical letter and its unit as written; null where there is none.</summary>
internal sealed record OmeAxis(char Letter, string? Unit);
