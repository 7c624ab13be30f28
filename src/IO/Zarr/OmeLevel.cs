namespace Cellpose3D.IO.Zarr;

/// <summary>One resolution of an OME-Zarr image: its folder, and the step along each axis in that axis' unit; null where it is not given.</summary>
internal sealed record OmeLevel(string Path, double[]? Scale);
