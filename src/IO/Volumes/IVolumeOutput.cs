using Cellpose3D.Volume.Sources;

namespace Cellpose3D.IO.Volumes;

/// <summary>A volume file that is being written: it appears whole by <see cref="Complete"/>, or, disposed before, not at all.</summary>
/// <remarks>Components are channels of time points: component = time * channels + channel.</remarks>
/// <typeparam name="T">float for intensities, int for labels.</typeparam>
public interface IVolumeOutput<T> : IVolumeStore<T>
    where T : unmanaged
{
    /// <summary>Finishes the file and gives it its name, replacing what was there.</summary>
    /// <param name="progress">Receives the fraction done, in [0, 1].</param>
    /// <param name="cancellationToken">Cancelled, nothing is left and the old file stays.</param>
    /// <exception cref="InvalidOperationException">Called twice, or parts that the format needs were not written.</exception>
    /// <exception cref="IOException">The disk is full or read-only.</exception>
    public void Complete(IProgress<float>? progress = null, CancellationToken cancellationToken = default);
}
