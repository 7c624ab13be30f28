using System.Text.Json;
using Cellpose3D.Core2D;

namespace Cellpose3D.IO.Tiff;

/// <summary>The <c>{"shape": [...]}</c> description that Python's tifffile writes, with or without "axes".</summary>
internal static class ShapeDescription
{
    private const string SourceName = "tifffile shape metadata";

    public static TiffSeries? Read(TiffPage first, int pages, bool mayHaveChannels, string path)
    {
        if (!first.Description.StartsWith('{'))
            return null;
        JsonElement root;
        try
        {
            using JsonDocument json = JsonDocument.Parse(first.Description);
            root = json.RootElement.Clone();
        }
        catch (JsonException)
        {
            return null;                                                   // somebody's free text that starts with a brace
        }
        if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("shape", out JsonElement list) || list.ValueKind != JsonValueKind.Array)
            return null;

        int[] shape = [.. list.EnumerateArray().Select(e => e.ValueKind == JsonValueKind.Number && e.TryGetInt32(out int n) && n >= 1 ? n
            : throw new InvalidDataException($"the shape metadata of '{path}' must list lengths of 1 or more; got {list.GetRawText()}."))];
        (string pageAxes, int[] pageShape) = first.PageAxes;
        string text = $"[{string.Join(", ", shape)}]";
        bool isTrailing = shape.Length >= pageShape.Length && shape.AsSpan(shape.Length - pageShape.Length).SequenceEqual(pageShape);
        if (!isTrailing && shape[^1] == 1 && shape.Length > 2 && shape.AsSpan()[^3..^1].SequenceEqual(pageShape))
        {
            shape = shape[..^1];                                           // [..., Y, X, 1]: one sample, kept as an axis
            isTrailing = true;
        }
        if (!isTrailing)
            throw new InvalidDataException($"the shape metadata of '{path}' is {text}; its pages are [{string.Join(", ", pageShape)}]: give axes to read the pages as they lie.");

        int[] over = shape[..^pageShape.Length];
        long planes = over.Aggregate(1L, (n, length) => Math.Min(n * length, int.MaxValue));
        if (planes == 1 && pages > 1)
            return null;                                                   // pages written one by one, each with its own shape
        bool isContiguous = pages == 1 && planes > 1;
        if (planes != pages && !isContiguous)
        {
            throw new InvalidDataException($"the shape metadata of '{path}' is {text}, {planes} planes; the file has {pages} pages: "
                + "it may be cut short; give axes to read the pages as they lie.");
        }

        string? named = root.TryGetProperty("axes", out JsonElement a) && a.ValueKind == JsonValueKind.String ? a.GetString() : null;
        string? letters = named is not null && named.Length >= shape.Length ? Letters(named[..over.Length], over, pageAxes) : null;
        bool isGuess = letters is null;
        if (isGuess && over.Any(l => l != 1))
        {
            (string guess, int[] used) = AxisOrder.Guess([.. shape], mayHaveChannels || pageAxes.Contains('C'), path);
            over = used[..^pageShape.Length];
            letters = guess[..over.Length];
            if (!guess.EndsWith(pageAxes, StringComparison.Ordinal))        // [4, Y, X(, 3)] and the like: the page decides
                (letters, over) = over.Length == 1 ? ("Z", over) : throw Unclear(path, text, named);
        }
        letters ??= "";
        if (letters.Length == 0)
            over = [];
        return new TiffSeries
        {
            PlaneAxes = letters,
            PlaneShape = over,
            Source = isGuess && letters.Length > 0 ? SourceName + " (axes guessed from the shape)" : SourceName,
            IsContiguous = isContiguous,
            VoxelSizeUm = new VoxelSize(Spacing(root), TiffInterpreter.PixelSize(first.UnitsPerPixelY, first.ResolutionUnit),
                TiffInterpreter.PixelSize(first.UnitsPerPixelX, first.ResolutionUnit)),
        };
    }

    /// <summary>The file's letters, if ours can say the same; an unknown letter (tifffile's Q, I) is Z when that is free.</summary>
    private static string? Letters(string named, int[] lengths, string pageAxes)
    {
        char[] letters = named.ToUpperInvariant().Replace('S', 'C').ToCharArray();
        for (int i = 0; i < letters.Length; i++)
        {
            bool isKnown = letters[i] is 'T' or 'C' or 'Z' && letters.Count(l => l == letters[i]) == 1 && !pageAxes.Contains(letters[i]);
            if (isKnown)
                continue;
            if (lengths[i] == 1)
                letters[i] = "TZC".FirstOrDefault(l => !letters.Contains(l) && !pageAxes.Contains(l));
            else if (!letters.Contains('Z'))
                letters[i] = 'Z';
            else
                return null;
            if (letters[i] == 0)
                return null;
        }
        return new string(letters);
    }

    private static double? Spacing(JsonElement root) =>
        root.TryGetProperty("spacing", out JsonElement spacing) && spacing.ValueKind == JsonValueKind.Number
        && root.TryGetProperty("unit", out JsonElement unit) && unit.ValueKind == JsonValueKind.String
            ? LengthUnits.Times(spacing.GetDouble(), LengthUnits.Micrometres(unit.GetString())) : null;

    private static InvalidDataException Unclear(string path, string shape, string? axes) =>
        new($"the shape metadata of '{path}' is {shape}{(axes is null ? "" : $" with axes '{axes}'")}, which no rule explains; give axes.");
}
