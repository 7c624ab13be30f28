namespace Cellpose3D.Core2D.Preprocessing;

/// <summary>Picks the channel of the cells and, if asked for, that of the nuclei.</summary>
/// <remarks>The numbers are the Cellpose user's: 0 is grey, the mean of all channels; 1 is the first channel (red), 2 the second (green), and so on.</remarks>
public static class ChannelSelector
{
    /// <summary>Picks the channels a network is to see.</summary>
    /// <param name="image">float32 [C, (Z,) Y, X], or [(Z,) Y, X] without channel axis; borrowed.</param>
    /// <param name="chan">Channel of the cells: 0 for the mean of all, else its number counted from 1.</param>
    /// <param name="chan2">Channel of the nuclei, counted from 1; 0 for none.</param>
    /// <param name="hasChannelAxis">Whether the first axis is channels.</param>
    /// <returns>float32 [1, (Z,) Y, X] where <paramref name="chan2"/> is 0, else [2, (Z,) Y, X]; owned by the caller.</returns>
    /// <remarks>Where <paramref name="chan"/> is 0 or the image has one channel, a network trained on two gets zeros in place of the second, as in the reference.</remarks>
    /// <exception cref="ArgumentException">The image has too few or too many axes, or no channels.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no such channel, or a second one is asked for beside grey.</exception>
    public static NdArray<float> Select(NdArray<float> image, int chan, int chan2, bool hasChannelAxis = true)
    {
        int spatial = image.Rank - (hasChannelAxis ? 1 : 0);
        if (spatial is not (2 or 3) || (hasChannelAxis && image.Shape[0] == 0))
            throw new ArgumentException($"image must be {(hasChannelAxis ? "[C, (Z,) Y, X] with C at least 1" : "[(Z,) Y, X]")}; got {image}.", nameof(image));
        NdArray<float> channels = hasChannelAxis ? image : image.Reshape([1, .. image.Shape]);
        int count = channels.Shape[0];
        Require(chan, count, nameof(chan));
        Require(chan2, count, nameof(chan2));
        if (chan == 0 && chan2 != 0)
            throw new ArgumentOutOfRangeException(nameof(chan2), $"chan2 must be 0 where chan is 0 (grey); got {chan2}. Name the cells' channel in chan.");

        var selected = new NdArray<float>([chan2 == 0 ? 1 : 2, .. channels.Shape[1..]]);
        if (chan == 0)
            Average(channels, selected.Plane(0));
        else
            channels.Plane(chan - 1).CopyTo(selected.Plane(0));
        if (chan2 != 0)
            channels.Plane(chan2 - 1).CopyTo(selected.Plane(1));
        return selected;
    }

    private static void Require(int channel, int count, string name)
    {
        if (channel < 0 || channel > count)
            throw new ArgumentOutOfRangeException(name, $"{name} must be 0 or a channel from 1 to {count}; got {channel}.");
    }

    private static void Average(NdArray<float> channels, Span<float> mean)
    {
        int count = channels.Shape[0];
        channels.Plane(0).CopyTo(mean);
        for (int c = 1; c < count; c++)
        {
            ReadOnlySpan<float> channel = channels.Plane(c);
            for (int i = 0; i < mean.Length; i++)
                mean[i] += channel[i];
        }
        foreach (ref float value in mean)
            value /= count;
    }
}
