using System.Globalization;
using System.Text.Json.Nodes;
using Cellpose3D.Cli.Commands;
using Cellpose3D.Cli.Segmentation;
using Cellpose3D.Volume;
using Cellpose3D.Volume.Sources;

namespace Cellpose3D.Cli.Reporting;

/// <summary>What a run over a volume would do, in words and as JSON.</summary>
internal static class PlanFacts
{
    /// <summary>Topic by topic, as text.</summary>
    public static IEnumerable<(string Topic, string Text)> Of(VolumePlan plan)
    {
        CultureInfo c = CultureInfo.InvariantCulture;
        yield return ("diameter", string.Create(c, $"{plan.Diameter:f1} px, anisotropy {plan.Scale.Anisotropy:g4}"));
        yield return ("network sees", string.Create(c, $"{plan.Scale.Network} of {plan.Scale.Image} voxels, {plan.Tiles} tiles"));
        yield return ("blocks", string.Create(c, $"{plan.Blocks} of {plan.Block}, margin {plan.Halo}"));
        yield return ("memory", plan.InMemory
            ? $"{MemorySize.Text(plan.WorkspaceBytes + plan.WorkingBytes)}, all in memory"
            : $"{MemorySize.Text(plan.WorkingBytes)}, and {MemorySize.Text(plan.WorkspaceBytes)} of files");
        yield return ("passes", string.Join("; ", plan.Passes.Select(p => string.Create(c, $"{p.Name} ({p.Items}, {100 * p.Share:f0} %)"))));
    }

    /// <summary>The same of a whole file, with the time it would take.</summary>
    public static IEnumerable<(string Topic, string Text)> Of(VolumeForecast forecast)
    {
        if (forecast.Times > 1)
            yield return ("time points", string.Create(CultureInfo.InvariantCulture, $"{forecast.Times}, each as follows"));
        foreach ((string, string) fact in Of(forecast.Plan))
            yield return fact;
        yield return ("time", $"about {Reporter.Duration(forecast.Time)}");
    }

    /// <summary>The plan of a file as JSON.</summary>
    public static JsonObject ToJson(string path, VolumeForecast forecast) => new()
    {
        ["path"] = path,
        ["times"] = forecast.Times,
        ["seconds"] = Math.Round(forecast.Time.TotalSeconds, 1),
        ["plan"] = ToJson(forecast.Plan),
        ["warnings"] = new JsonArray([.. forecast.Notes.Select(n => (JsonNode)n)]),
    };

    /// <summary>The same as JSON.</summary>
    public static JsonObject ToJson(VolumePlan plan) => new()
    {
        ["diameter"] = Math.Round(plan.Diameter, 3),
        ["anisotropy"] = plan.Scale.Anisotropy,
        ["niter"] = plan.Niter,
        ["network_shape"] = Lengths(plan.Scale.Network),
        ["tiles"] = plan.Tiles,
        ["block"] = Lengths(plan.Block),
        ["blocks"] = plan.Blocks,
        ["margin"] = plan.Halo,
        ["in_memory"] = plan.InMemory,
        ["workspace_bytes"] = plan.WorkspaceBytes,
        ["working_bytes"] = plan.WorkingBytes,
        ["passes"] = new JsonArray([.. plan.Passes.Select(p => (JsonNode)new JsonObject { ["name"] = p.Name, ["items"] = p.Items, ["share"] = Math.Round(p.Share, 4) })]),
    };

    private static JsonArray Lengths(VolumeShape shape) => new(shape.Z, shape.Y, shape.X);
}
