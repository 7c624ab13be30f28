using System.Text.Json.Nodes;

namespace Cellpose3D.IO.Zarr;

/// <summary>Labels that lie inside the store of their image, as <c>image.zarr/labels/name</c>.</summary>
internal static class OmeZarrLabels
{
    /// <summary>Whether a path names labels inside a store that is there.</summary>
    public static bool IsInside(string path)
    {
        string? group = Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(path)));
        return group is not null && Path.GetFileName(group) == "labels" && ZarrVolumes.IsZarr(Path.GetDirectoryName(group)!);
    }

    /// <summary>The version of the store around labels; null outside one.</summary>
    public static OmeZarrVersion? VersionAround(string path) => !IsInside(path) ? null
        : File.Exists(Path.Combine(path, "..", "..", "zarr.json")) ? OmeZarrVersion.V05 : OmeZarrVersion.V04;

    /// <summary>Makes the group of labels where it is missing.</summary>
    public static void RequireGroup(string path)
    {
        if (IsInside(path))
            Directory.CreateDirectory(Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(path)))!);
    }

    /// <summary>Adds a name to the list of the group.</summary>
    public static void Enlist(string path)
    {
        if (VersionAround(path) is not { } version)
            return;
        string full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path)), group = Path.GetDirectoryName(full)!, name = Path.GetFileName(full);
        JsonObject attributes = OmeMultiscales.Attributes(group) ?? [];
        JsonObject owner = version == OmeZarrVersion.V05 ? attributes["ome"] as JsonObject ?? new JsonObject { ["version"] = "0.5" } : attributes;
        JsonArray names = owner["labels"] as JsonArray ?? [];
        if (names.Any(n => n?.ToString() == name))
            return;
        owner["labels"] = new JsonArray([.. names.Select(n => (JsonNode?)n?.ToString()), name]);
        if (version == OmeZarrVersion.V05)
        {
            attributes["ome"] = owner.DeepClone();
            OmeZarrMetadata.WriteGroup(group, version, attributes);
        }
        else
        {
            OmeZarrMetadata.WriteGroup(group, version, owner);
        }
    }
}
