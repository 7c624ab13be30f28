using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Cellpose3D.Core2D;
using Cellpose3D.Core2D.Network;
using Cellpose3D.Volume.Sources;

namespace Cellpose3D.Volume;

/// <summary>Tells whether what a workspace holds belongs to a run: the same input, options, networks and blocks.</summary>
internal static class RunFingerprint
{
    private const string Record = "run";

    /// <summary>Whether a workspace holds parts of a run.</summary>
    public static WorkspaceContent Look(IVolumeWorkspace workspace, byte[] fingerprint) =>
        workspace.Load(Record) is not { } known ? WorkspaceContent.Nothing
        : known.AsSpan().SequenceEqual(fingerprint) ? WorkspaceContent.ThisRun : WorkspaceContent.AnotherRun;

    /// <summary>Empties a workspace unless it holds an interrupted run of the same kind.</summary>
    public static void Claim(IVolumeWorkspace workspace, byte[] fingerprint)
    {
        if (Look(workspace, fingerprint) == WorkspaceContent.ThisRun)
            return;
        workspace.Clear();
        workspace.Save(Record, fingerprint);
    }

    /// <summary>Everything that has a part in what the workspace's volumes hold, hashed.</summary>
    public static byte[] Of(IVolumeSource source, string? identity, VolumeOptions options, VolumePlan plan, IEnumerable<ModelInfo> models)
    {
        SegmentationOptions s = options.Segmentation with { Threads = 0, KeepMaps = true, Normalize = options.Segmentation.Normalize with { Threads = 0 } };
        string lowHigh = string.Join(";", (s.Normalize.LowHigh ?? []).Select(p => FormattableString.Invariant($"{p.Low:r},{p.High:r}")));
        string[] parts =
        [
            "3", source.Shape.ToString(), source.Channels.ToString(CultureInfo.InvariantCulture), identity ?? "", s.ToString(), lowHigh,
            options.Mode.ToString(), (options.Fusion ?? DefaultFusion).Name,
            FormattableString.Invariant($"{plan.Scale.Anisotropy:r} {options.FlowSmooth:r} {options.FlowLimit:r} {options.MeasureFlowErrors} {options.StitchThreshold:r}"),
            plan.Scale.Network.ToString(), plan.Flows.ToString(), plan.Block.ToString(), string.Join(";", models.Select(m => m.ToString())),
        ];
        return SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', parts)));
    }

    /// <summary>The fusion of a run that names none.</summary>
    public static Fusion.IFlowFusion DefaultFusion { get; } = new Fusion.SumFusion();
}
