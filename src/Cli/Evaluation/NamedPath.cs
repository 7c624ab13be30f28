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
        if (equals >= 0 && !File.Exists(text) && !Directory.Exists(text))
        {
            var named = new NamedPath(text[..equals].Trim(), text[(equals + 1)..].Trim());
            return named.Name.Length > 0 && named.Path.Length > 0
                ? named
                : throw new ArgumentException($"a prediction must be PATH or NAME=PATH; got '{text}'.", nameof(text));
        }
        if (string.IsNullOrWhiteSpace(text))
            throw new ArgumentException("a prediction must be PATH or NAME=PATH; got nothing.", nameof(text));
        string full = System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetFullPath(text));
        string last = System.IO.Path.GetFileName(full);
        return new NamedPath(Directory.Exists(full) ? last : LabelFileName.Stem(last), text);
    }
}
