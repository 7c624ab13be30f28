namespace Cellpose3D.Volume.Sources;

/// <summary>A volume of values that is written and read box by box: flows, probabilities, end points, labels.</summary>
/// <typeparam name="T">float for maps, int for end points and labels.</typeparam>
/// <remarks>
/// Members may be called from several threads at once, as long as no two write into the same chunk. What was never written reads as 0.
/// </remarks>
public interface IVolumeStore<T> : IDisposable
    where T : unmanaged
{
    /// <summary>Lengths of the axes.</summary>
    public VolumeShape Shape { get; }

    /// <summary>Values at each voxel, for example 3 flows and a probability.</summary>
    public int Components { get; }

    /// <summary>The pieces the data lies in; a box that follows their borders is written without reading first.</summary>
    public VolumeShape Chunk { get; }

    /// <summary>Reads a box of one component.</summary>
    /// <param name="component">Counted from 0.</param>
    /// <param name="box">Inside the volume.</param>
    /// <param name="values">Receives [depth, height, width].</param>
    public void Read(int component, VolumeBox box, Span<T> values);

    /// <summary>Writes a box of one component.</summary>
    /// <param name="component">Counted from 0.</param>
    /// <param name="box">Inside the volume.</param>
    /// <param name="values">[depth, height, width]; borrowed.</param>
    /// <exception cref="IOException">The disk is full or read-only; what was written before is whole.</exception>
    public void Write(int component, VolumeBox box, ReadOnlySpan<T> values);

    /// <summary>Returns once everything written is kept, whatever happens to the process.</summary>
    public void Flush();
}
