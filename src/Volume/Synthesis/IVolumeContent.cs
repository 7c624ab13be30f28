namespace Cellpose3D.Volume.Synthesis;

/// <summary>What a scene holds; it can be cut at any height.</summary>
/// <remarks>Sections may be asked for from several threads at once; each depends on nothing but its height.</remarks>
internal interface IVolumeContent
{
    /// <summary>Number of channels.</summary>
    public int Channels { get; }

    /// <summary>Paints the section at a height.</summary>
    /// <param name="z">Height, pixels of a plane.</param>
    /// <param name="canvas">Cleared; receives the cells' numbers and their light.</param>
    public void Paint(double z, PlaneCanvas canvas);
}
