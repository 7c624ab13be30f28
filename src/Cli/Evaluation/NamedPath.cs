using Cellpose3D.Cli.Segmentation;

namespace Cellpose3D.Cli.Evaluation;

/// <summary>A prediction to score: a label file or a folder of them, and what to call it.</summary>
/// <param name="Name">Shown in tables and plots, unique in one evaluation.</param>
/// <param name="Path">File or folder.</param>
internal sealed record NamedPath(string Name, string Path)
{
    /// <summary>Reads <c>NAME=PATH</c> or a bare path, which is called after its folder or file stem.</summary>
    /// <exception cref="ArgumentException">The name or the path is empty.</exception>
    public static NamedPath Parse(string text)
    {
        int equals = text.IndexOf('=', StringComparison.Ordinal);
        if (equals >= 0 && !LabelFiles.IsOne(text) && !Directory.Exists(text))
        {
            var named = new NamedPath(text[..equals].Trim(), text[(equals + 1)..].Trim());
            return named.Name.Length > 0 && named.Path.Length > 0
                ? named
                : throw new ArgumentException($"a prediction must be PATH or NAME=PATH; got '{text}'.", nameof(text));
        }
        if (string.IsNullOrWhiteSpace(text))
            throw new ArgumentException("a prediction must be PATH or NAME=PATH; got nothing.", nameof(text));
        string file = InputImages.FileOf(text), last = System.IO.Path.GetFileName(System.IO.Path.GetFullPath(file));
        string name = Directory.Exists(file) && !LabelFiles.IsOne(file) ? last : LabelFileName.Stem(last);
        return new NamedPath(LabelFiles.IsOne(text) ? name + text[file.Length..].TrimEnd('/') : name, text);
    }
}
