namespace Cellpose3D.Core2D.Network;

/// <summary>Element type of a stored weight tensor, little-endian.</summary>
public enum WeightType
{
    /// <summary>32-bit float.</summary>
    Float32,

    /// <summary>16-bit float (IEEE half).</summary>
    Float16,

    /// <summary>bfloat16: the upper half of a 32-bit float.</summary>
    BFloat16,

    /// <summary>64-bit float.</summary>
    Float64,

    /// <summary>64-bit signed integer.</summary>
    Int64,

    /// <summary>32-bit signed integer.</summary>
    Int32,

    /// <summary>8-bit unsigned integer.</summary>
    UInt8,

    /// <summary>One byte, 0 or 1.</summary>
    Bool,
}
