namespace Cellpose3D.Cli.Tracking;

/// <summary>What becomes of masks that lie in a movie's folder, and who else may work there.</summary>
internal enum MovieFolderUse
{
    /// <summary>They are dropped; nobody else works there.</summary>
    Anew,

    /// <summary>Those of the same run are taken over; nobody else works there.</summary>
    Resume,

    /// <summary>They are dropped; several processes will work there.</summary>
    SharedAnew,

    /// <summary>Those of the same run are taken over; several processes will work there.</summary>
    SharedResume,

    /// <summary>They are those of the same run, which several processes do now.</summary>
    Join,
}
