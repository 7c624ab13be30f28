namespace Cellpose3D.Viewer.Segmenting;

/// <summary>A segmentation that could not be done.</summary>
public sealed class SegmentationException : Exception
{
    /// <summary>Says why.</summary>
    /// <param name="line">One line: what, where, remedy.</param>
    /// <param name="cause">What was met.</param>
    public SegmentationException(string line, Exception? cause = null)
        : base(line, cause)
    {
    }
}
