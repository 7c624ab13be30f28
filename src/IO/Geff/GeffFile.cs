using System.Text.Json.Nodes;
using Cellpose3D.IO.Zarr;
using Cellpose3D.Tracking.Lineages;

namespace Cellpose3D.IO.Geff;

/// <summary>Reads and writes tracks as GEFF 1.x, the graph exchange format: a Zarr group with nodes, edges and their properties.</summary>
/// <remarks>
/// Written: axes <c>t</c> (frames) and <c>z y x</c> (micrometres) with type, unit, range and scale, always; node properties
/// <c>seg_id</c> (label of the mask), <c>track_id</c>, <c>lineage_id</c>, <c>radius</c>, <c>area</c> or <c>volume</c> and, where known,
/// <c>intensity</c>; edge properties <c>dt</c> and, where known, <c>probability</c> and <c>margin</c>. Node numbers are the cells'
/// ids. Voxel size, frame interval, shape and pins lie in <c>extra</c>. Boxes and moments of cells are not held.
/// </remarks>
public static class GeffFile
{
    /// <summary>The version of the specification that is written.</summary>
    public const string SpecificationVersion = "1.2.1";

    /// <summary>Whether a folder holds a graph.</summary>
    /// <param name="path">The folder.</param>
    /// <exception cref="InvalidDataException">Its metadata are not readable.</exception>
    public static bool IsGeff(string path) => Directory.Exists(path) && OmeMultiscales.Attributes(path)?["geff"] is JsonObject;

    /// <summary>Writes a movie's tracks; the folder appears whole or not at all.</summary>
    /// <param name="path">Where it appears, for example <c>movie.geff</c>; another Zarr store there is replaced.</param>
    /// <param name="movie">The movie; borrowed.</param>
    /// <param name="options">Related data and Zarr's version; null for the defaults.</param>
    /// <exception cref="ArgumentException">Options that cannot be written.</exception>
    /// <exception cref="IOException">The place cannot be written to.</exception>
    public static void Write(string path, TrackedMovie movie, GeffWriteOptions? options = null)
    {
        options ??= new GeffWriteOptions();
        options.Validate();
        GeffWriter.Write(path, movie, options);
    }

    /// <summary>Reads tracks.</summary>
    /// <param name="path">The group's folder.</param>
    /// <returns>The movie; places in micrometres where the file knows them.</returns>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="InvalidDataException">It is no graph, is damaged, or contradicts itself.</exception>
    /// <exception cref="NotSupportedException">Tracks merge, or links have no direction.</exception>
    public static TrackedMovie Read(string path) =>
        Directory.Exists(path) ? GeffReader.Read(path) : throw new DirectoryNotFoundException($"'{path}' is not a folder.");
}
