namespace Cellpose3D.Core2D.Native;

/// <summary>Where this program keeps what it makes for itself on a user's machine.</summary>
public static class UserFolders
{
    /// <summary>
    /// The cache: <c>CELLPOSE3D_CACHE</c>, else <c>$XDG_CACHE_HOME/cellpose3d</c>, else <c>~/.cache/cellpose3d</c>,
    /// else a folder of the system's temporary folder when there is no home.
    /// </summary>
    public static string Cache
    {
        get
        {
            if (Environment.GetEnvironmentVariable("CELLPOSE3D_CACHE") is { Length: > 0 } own)
                return own;
            if (Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } xdg)
                return Path.Combine(xdg, "cellpose3d");
            string home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
            return home.Length > 0
                ? Path.Combine(home, ".cache", "cellpose3d")
                : Path.Combine(Path.GetTempPath(), $"cellpose3d-{Environment.UserName}");
        }
    }
}
