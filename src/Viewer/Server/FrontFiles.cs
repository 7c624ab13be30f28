using System.Reflection;

namespace Cellpose3D.Viewer.Server;

/// <summary>The page's files, which lie in the assembly: nothing is fetched from elsewhere.</summary>
internal static class FrontFiles
{
    private const string Folder = "Front/";
    private static readonly Assembly Assembly = typeof(FrontFiles).Assembly;
    private static readonly HashSet<string> Names = [.. Assembly.GetManifestResourceNames().Where(n => n.StartsWith(Folder, StringComparison.Ordinal))];

    /// <summary>A file; null where there is none of that name.</summary>
    /// <param name="name">Path below the folder, with slashes.</param>
    public static (Stream Content, string Type)? Open(string name)
    {
        if (!Names.Contains(Folder + name))
            return null;
        string type = Path.GetExtension(name) switch
        {
            ".html" => "text/html; charset=utf-8",
            ".js" => "text/javascript; charset=utf-8",
            ".css" => "text/css; charset=utf-8",
            ".json" => "application/json; charset=utf-8",
            ".svg" => "image/svg+xml",
            _ => "application/octet-stream",
        };
        return (Assembly.GetManifestResourceStream(Folder + name)!, type);
    }
}
