namespace Cellpose3D.IO.Volumes;

/// <summary>How a written volume is packed.</summary>
public enum VolumeCompression
{
    /// <summary>zstd in OME-Zarr, Deflate in TIFF and HDF5.</summary>
    Default,

    /// <summary>Zstandard; OME-Zarr only.</summary>
    Zstd,

    /// <summary>Deflate, as gzip calls it; every format.</summary>
    Gzip,

    /// <summary>Plain samples.</summary>
    None,
}
