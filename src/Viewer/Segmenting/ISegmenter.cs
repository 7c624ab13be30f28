namespace Cellpose3D.Viewer.Segmenting;

/// <summary>Finds cells in the image that is shown; the program around the viewer knows how.</summary>
/// <remarks>Members that take long are called from one thread at a time. Every failure is a <see cref="SegmentationException"/>.</remarks>
public interface ISegmenter : IDisposable
{
    /// <summary>Names of the models that there are; paths of others are taken too.</summary>
    public IReadOnlyList<string> Models { get; }

    /// <summary>Names of the image's channels, all of them.</summary>
    public IReadOnlyList<string> Channels { get; }

    /// <summary>Estimates the cells' diameter.</summary>
    /// <param name="request">Its diameter is ignored.</param>
    /// <param name="progress">Hears how far it is.</param>
    /// <param name="cancellationToken">Checked throughout.</param>
    /// <returns>Pixels.</returns>
    /// <exception cref="SegmentationException">There is no such model, or it has no size model.</exception>
    public double EstimateDiameter(SegmentationRequest request, IProgress<SegmentationProgress> progress, CancellationToken cancellationToken);

    /// <summary>Runs the network.</summary>
    /// <param name="request">What to run on what.</param>
    /// <param name="progress">Hears how far it is.</param>
    /// <param name="cancellationToken">Checked throughout.</param>
    /// <returns>What it said, from which masks are made as often as one likes.</returns>
    /// <exception cref="SegmentationException">There is no such model, or it does not fit memory, ...</exception>
    public INetworkOutput RunNetwork(SegmentationRequest request, IProgress<SegmentationProgress> progress, CancellationToken cancellationToken);
}
