namespace Cellpose3D.IO.Zarr;

/// <summary>Which OME-Zarr is written.</summary>
public enum OmeZarrVersion
{
    /// <summary>0.4, on Zarr version 2: what most readers open today.</summary>
    V04,

    /// <summary>0.5, on Zarr version 3.</summary>
    V05,
}
