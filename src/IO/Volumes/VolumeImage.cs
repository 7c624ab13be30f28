using Cellpose3D.Core2D;
using Cellpose3D.Volume.Sources;

namespace Cellpose3D.IO.Volumes;

/// <summary>A volume read whole, for callers that take any image.</summary>
internal sealed class VolumeImage(VolumeReader volume) : IImageFile
{
    public ImageInfo Info => volume.Description.Image;

    public bool IsPalette => false;

    public NdArray<float> ReadPixels(CancellationToken cancellationToken) =>
        ReadAll<float>((t, c, box, values) => volume.Read(t, c, box, values, cancellationToken));

    public NdArray<int> ReadLabels(CancellationToken cancellationToken) =>
        ReadAll<int>((t, c, box, values) => volume.ReadLabels(t, c, box, values, cancellationToken));

    public void Dispose() => volume.Dispose();

    private delegate void Reading<T>(int time, int channel, VolumeBox box, Span<T> values);

    private NdArray<T> ReadAll<T>(Reading<T> read)
        where T : unmanaged
    {
        int[] shape = CanonicalLayout.Shape(Info.Axes, Info.Shape);
        T[] values = new T[CanonicalLayout.Count(shape, Info.Path)];
        int size = checked((int)volume.Shape.Count);
        for (int t = 0; t < volume.Description.Times; t++)
        {
            for (int c = 0; c < volume.Channels; c++)
                read(t, c, volume.Shape.All, values.AsSpan(((t * volume.Channels) + c) * size, size));
        }
        return new NdArray<T>(values, shape);
    }
}
