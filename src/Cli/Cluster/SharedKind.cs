namespace Cellpose3D.Cli.Cluster;

/// <summary>What a run of several processes works on.</summary>
internal enum SharedKind
{
    /// <summary>One volume in 3D, cut into blocks.</summary>
    Volume,

    /// <summary>Files that do not depend on each other.</summary>
    Images,

    /// <summary>The frames of one movie, which are linked in the end.</summary>
    Movie,
}
