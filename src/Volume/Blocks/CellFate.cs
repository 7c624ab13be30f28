namespace Cellpose3D.Volume.Blocks;

/// <summary>What became of a cell as it was found.</summary>
internal enum CellFate
{
    /// <summary>It stays.</summary>
    Kept,

    /// <summary>It takes too large a share of the volume.</summary>
    TooLarge,

    /// <summary>Its flows are too far from the network's.</summary>
    FlowError,
}
