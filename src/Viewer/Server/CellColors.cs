using System.Buffers.Binary;
using System.Collections.Immutable;
using Cellpose3D.Viewer.Scene;

namespace Cellpose3D.Viewer.Server;

/// <summary>A colour for each cell of the time point shown.</summary>
/// <param name="Version">Rises with every new one.</param>
/// <param name="Colors">By id.</param>
/// <param name="Low">Number at the lower end of the colour map; null where colours stand for no number.</param>
/// <param name="High">Number at its upper end.</param>
public sealed record CellColors(int Version, IReadOnlyDictionary<uint, Rgb> Colors, double? Low = null, double? High = null)
{
    /// <summary>Before any is known.</summary>
    public static CellColors None { get; } = new(0, ImmutableDictionary<uint, Rgb>.Empty);

    /// <summary>The colours for a page.</summary>
    /// <returns>uint32 pairs, little-endian: id, then red, green, blue from the lowest byte; owned by the caller.</returns>
    public byte[] ToBytes()
    {
        byte[] bytes = new byte[8 * Colors.Count];
        int at = 0;
        foreach ((uint id, Rgb color) in Colors)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(at), id);
            BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(at + 4), (uint)(color.Red | color.Green << 8 | color.Blue << 16));
            at += 8;
        }
        return bytes;
    }
}
