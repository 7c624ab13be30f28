namespace Cellpose3D.Core2D.Preprocessing;

/// <summary>Guesses the axes of an array without metadata as Cellpose v3 does, and picks two channels.</summary>
/// <remarks>
/// For <c>--compat cellpose3</c> only: elsewhere axes come from the file or the user, and <see cref="ChannelSelector"/> picks channels.
/// The guesses, oddities included (golden group <c>convert_image</c>):
/// <list type="number">
/// <item><description>In arrays of more than three axes, those of length 1 are dropped.</description></item>
/// <item><description>Without a Z axis, where channels are named and no axis is shorter than 6, the shortest is taken for Z.</description></item>
/// <item><description>Without a channel axis, the shortest axis is taken for channels if it is shorter than 10.</description></item>
/// <item><description>Where channels are named, a plane of fewer than 8 rows is read as if its rows were channels: a grey 6 x 18 image becomes 18 x 1.</description></item>
/// <item><description>One channel, or the grey mean of several, is followed by a channel of zeros, whatever second channel was named.</description></item>
/// </list>
/// </remarks>
public static class ReferenceAxes
{
    private const int Channels = 2;
    private const int ShortestZ = 6;          // axes from here on are never channels where channels are named
    private const int LongestChannelAxis = 9;
    private const int ShortestPlane = 8;      // rows

    /// <summary>Brings an array to two channels of planes.</summary>
    /// <param name="image">float32, 2 to 4 axes in any order; borrowed.</param>
    /// <param name="channels">[cells, nuclei], 0 for grey or none, else counted from 1; null takes the first two channels there are.</param>
    /// <param name="channelAxis">Which axis is channels; null to guess.</param>
    /// <param name="zAxis">Which axis is Z; null to guess.</param>
    /// <param name="do3D">The array is a volume, so that its three axes are Z, Y, X.</param>
    /// <returns>float32 [2, (Z,) Y, X]; owned by the caller. The reference has the channels last.</returns>
    /// <exception cref="ArgumentException">The array is empty, or its axes cannot be read as [(Z,) Y, X] and channels.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no such axis or channel.</exception>
    public static NdArray<float> Convert(NdArray<float> image, int[]? channels, int? channelAxis = null, int? zAxis = null, bool do3D = false)
    {
        Check(image, channels, channelAxis, zAxis, do3D);
        var axes = new List<Axis>();
        int stride = image.Length;
        foreach (int length in image.Shape)
            axes.Add(new Axis(length, stride /= length));
        Axis? given = channelAxis is { } c ? axes[c < 0 ? c + axes.Count : c] : null;
        Axis? depth = zAxis is { } z ? axes[z < 0 ? z + axes.Count : z] : null;
        if (axes.Count > 3)
            axes.RemoveAll(a => a.Length == 1);

        if (depth is null && channels is not null && axes.Count > 2 && axes.Min(a => a.Length) >= ShortestZ)
        {
            Axis shortest = axes.MinBy(a => a.Length)!; // the first of equals
            depth = ReferenceEquals(shortest, given) ? null : shortest;
        }
        if (depth is not null && axes.Remove(depth))
            axes.Insert(0, depth);
        if (given is not null && axes.Remove(given))
            axes.Add(given);
        else if (axes.Count == 2 || (axes.Count == 3 && (depth is not null || do3D)))
            axes.Add(new Axis(1, 0));
        else
            MoveShortestLast(axes);
        if (channels is not null && axes.Count == 3 && axes[0].Length < ShortestPlane)
            axes = [axes[1], axes[2], axes[0]];
        if (axes.Count is not (3 or 4))
            throw new ArgumentException($"image must have axes [(Z,) Y, X] and channels; got {image} with channel axis {Name(channelAxis)} and Z axis {Name(zAxis)}.", nameof(image));
        return Gather(image.Data, axes, channels);
    }

    private static void Check(NdArray<float> image, int[]? channels, int? channelAxis, int? zAxis, bool do3D)
    {
        if (image.Rank is < 2 or > 4 || image.Length == 0)
            throw new ArgumentException($"image must have 2 to 4 axes, none empty; got {image}. Convert the frames of a longer array one by one.", nameof(image));
        if (do3D && image.Rank < 3)
            throw new ArgumentException($"a volume must have at least 3 axes; got {image}.", nameof(image));
        if (channels is not null && channels.Length != Channels)
            throw new ArgumentException($"channels must be two numbers (cells, nuclei); got {channels.Length}.", nameof(channels));
        foreach ((int? axis, string name) in new[] { (channelAxis, nameof(channelAxis)), (zAxis, nameof(zAxis)) })
        {
            if (axis < -image.Rank || axis >= image.Rank)
                throw new ArgumentOutOfRangeException(name, $"{name} must be an axis of {image}; got {axis}.");
        }
    }

    private static void MoveShortestLast(List<Axis> axes)
    {
        Axis shortest = axes.MinBy(a => a.Length)!; // the first of equals
        if (shortest.Length > LongestChannelAxis || axes[^1].Length == shortest.Length)
            return;
        axes.Remove(shortest);
        axes.Add(shortest);
    }

    private static NdArray<float> Gather(float[] data, List<Axis> axes, int[]? channels)
    {
        Axis last = axes[^1];
        foreach (int channel in channels ?? [])
        {
            if (last.Length > 1 && (channel < 0 || channel > last.Length))
                throw new ArgumentOutOfRangeException(nameof(channels), $"channels must be 0 or from 1 to {last.Length}; got {channel}.");
        }
        var result = new NdArray<float>([Channels, .. axes[..^1].Select(a => a.Length)]);
        if (channels is null)
        {
            for (int c = 0; c < Math.Min(Channels, last.Length); c++)
                Copy(data, axes, c, 1, result.Plane(c));
        }
        else if (last.Length == 1)
        {
            Copy(data, axes, 0, 1, result.Plane(0));
        }
        else if (channels[0] == 0)
        {
            Copy(data, axes, 0, last.Length, result.Plane(0));
        }
        else
        {
            Copy(data, axes, channels[0] - 1, 1, result.Plane(0));
            if (channels[1] > 0)
                Copy(data, axes, channels[1] - 1, 1, result.Plane(1));
        }
        return result;
    }

    /// <summary>Reads the mean of some channels in C order of the other axes.</summary>
    private static void Copy(float[] data, List<Axis> axes, int firstChannel, int count, Span<float> target)
    {
        Axis depth = axes.Count == 4 ? axes[0] : new Axis(1, 0);
        Axis rows = axes[^3], columns = axes[^2], channel = axes[^1];
        int i = 0;
        for (int z = 0; z < depth.Length; z++)
        {
            for (int y = 0; y < rows.Length; y++)
            {
                for (int x = 0; x < columns.Length; x++)
                {
                    int at = z * depth.Stride + y * rows.Stride + x * columns.Stride + firstChannel * channel.Stride;
                    float sum = data[at];
                    for (int c = 1; c < count; c++)
                        sum += data[at + c * channel.Stride];
                    target[i++] = sum / count;
                }
            }
        }
    }

    private static string Name(int? axis) => axis?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "unknown";

    /// <summary>One axis of the array as it lies in memory; compared by identity.</summary>
    private sealed class Axis(int length, int stride)
    {
        public int Length { get; } = length;

        public int Stride { get; } = stride;
    }
}
