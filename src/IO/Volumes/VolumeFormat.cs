namespace Cellpose3D.IO.Volumes;

/// <summary>A format that volumes are written in.</summary>
public enum VolumeFormat
{
    /// <summary>TIFF with ImageJ's description where ImageJ can read it, else OME-XML: <c>.tif</c>, <c>.tiff</c>.</summary>
    Tiff,

    /// <summary>TIFF with OME-XML: <c>.ome.tif</c>, <c>.ome.tiff</c>.</summary>
    OmeTiff,

    /// <summary>HDF5: <c>.h5</c>, <c>.hdf5</c>, <c>.hdf</c>.</summary>
    Hdf5,

    /// <summary>OME-Zarr, a folder: <c>.zarr</c>, and folders inside one.</summary>
    OmeZarr,
}
