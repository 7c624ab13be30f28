using Cellpose3D.Core2D.Preprocessing;
using Cellpose3D.Volume.Sources;

namespace Cellpose3D.Volume.Preprocessing;

/// <summary>The steps that bring a volume's intensities to the networks' range, counted in parts where the options allow it, else on the whole volume in memory.</summary>
internal sealed class IntensityStep : IDisposable
{
    private const string WholeStep = "levels";

    private readonly IVolumeWorkspace _workspace;
    private readonly LevelPass? _levels;
    private readonly Lazy<(IVolumeSource Source, long NonFinite)> _whole;

    /// <summary>Prepares the steps.</summary>
    /// <param name="source">Borrowed.</param>
    /// <param name="options">How.</param>
    /// <param name="memoryBytes">Bytes that may be used where the whole volume is needed.</param>
    /// <param name="workspace">Holds the records.</param>
    /// <exception cref="ArgumentException">The options are wrong or do not fit the channels.</exception>
    public IntensityStep(IVolumeSource source, NormalizeOptions options, long memoryBytes, IVolumeWorkspace workspace)
    {
        VolumeNormalizer.Check(source, options);
        _workspace = workspace;
        _levels = VolumeNormalizer.IsStreaming(options) ? new LevelPass(source, options, workspace) : null;
        _whole = new Lazy<(IVolumeSource, long)>(() => VolumeNormalizer.Normalize(source, options, memoryBytes));
    }

    /// <summary>Number of NaN and infinite voxels; known after the steps.</summary>
    public long NonFinite => _levels?.NonFinite ?? BitConverter.ToInt64(_workspace.Load($"{WholeStep}/0"));

    /// <summary>The steps.</summary>
    /// <param name="share">Of the run's work.</param>
    public IEnumerable<VolumeStep> Steps(float share) => _levels?.Steps(share) ??
        [new VolumeStep(WholeStep, VolumeStage.Normalize, 1, _workspace) { Share = share, Compute = (_, _) => new StepResult(BitConverter.GetBytes(_whole.Value.NonFinite)) }];

    /// <summary>The volume in the range that the networks expect; to be called after the steps.</summary>
    /// <param name="cancellationToken">Checked between pieces.</param>
    public IVolumeSource Normalized(CancellationToken cancellationToken) => _levels?.Normalized(cancellationToken) ?? _whole.Value.Source;

    /// <summary>Frees what was held of the volume.</summary>
    public void Dispose()
    {
        if (_whole.IsValueCreated)
            _whole.Value.Source.Dispose();
    }
}
