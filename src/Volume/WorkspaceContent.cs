namespace Cellpose3D.Volume;

/// <summary>What a workspace holds, seen from a run that is about to use it.</summary>
public enum WorkspaceContent
{
    /// <summary>Nothing: the run begins at its beginning.</summary>
    Nothing,

    /// <summary>Parts of the same run, which goes on from there.</summary>
    ThisRun,

    /// <summary>Parts of a run over another input, or with other options, networks or blocks, which the run drops.</summary>
    AnotherRun,
}
