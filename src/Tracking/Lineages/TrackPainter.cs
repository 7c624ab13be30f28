using Cellpose3D.Core2D;
using Cellpose3D.Tracking.Detections;

namespace Cellpose3D.Tracking.Lineages;

/// <summary>Gives every mask of a frame the number of its track.</summary>
public static class TrackPainter
{
    /// <summary>Paints one frame.</summary>
    /// <param name="labels">int32 <c>[(Z,) Y, X]</c> as they were tracked, 0 = background; borrowed.</param>
    /// <param name="frame">Its number.</param>
    /// <param name="cells">The cells that were found in it.</param>
    /// <param name="tracks">Their tracks.</param>
    /// <returns>int32, shaped like <paramref name="labels"/>, track numbers; owned by the caller.</returns>
    /// <exception cref="ArgumentException">A label is not among the frame's cells.</exception>
    public static NdArray<int> Paint(NdArray<int> labels, int frame, DetectionTable cells, TrackSet tracks)
    {
        var painted = new NdArray<int>(labels.Shape);
        int label = 0, id = 0;
        for (int i = 0; i < labels.Length; i++)
        {
            int here = labels.Data[i];
            if (here == 0)
                continue;
            if (here != label)
            {
                int cell = cells.Find(frame, here);
                if (cell < 0)
                    throw new ArgumentException($"frame {frame} has a mask {here} that was not there when it was tracked.", nameof(labels));
                (label, id) = (here, tracks.TrackOf(cell).Id);
            }
            painted.Data[i] = id;
        }
        return painted;
    }
}
