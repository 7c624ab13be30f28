using System.Text.Json.Nodes;
using Cellpose3D.Viewer.Scene;

namespace Cellpose3D.Viewer.Server;

/// <summary>Hears what changes in a session; must not take long.</summary>
public interface ISessionListener
{
    /// <summary>A command was applied; all hear of all commands in the order in which the scene had them.</summary>
    /// <param name="command">The command, with what came of it where that depends on the scene before: a camera in place of a turn.</param>
    /// <param name="isOwn">Whether this listener sent it.</param>
    public void OnCommand(SceneCommand command, bool isOwn);

    /// <summary>What this listener sent last was not applied, so that it may believe in another scene.</summary>
    /// <param name="scene">The scene that is.</param>
    public void OnScene(SceneState scene);

    /// <summary>Cells have other colours.</summary>
    /// <param name="colors">The colours.</param>
    public void OnColors(CellColors colors);

    /// <summary>Labels were changed or saved.</summary>
    /// <param name="message">For the page: the boxes, the labels' version, undo and redo.</param>
    public void OnEdited(JsonObject message);

    /// <summary>The tracks changed.</summary>
    public void OnTracks();

    /// <summary>Channels were added: whoever shows the scene begins anew.</summary>
    public void OnChannels();

    /// <summary>There are other labels to compare with.</summary>
    /// <param name="compared">For the page: what they are called, and their shape.</param>
    public void OnCompared(JsonObject? compared);

    /// <summary>What this listener asked of the labels was not done.</summary>
    /// <param name="message">For the page: why, and the state that is.</param>
    public void OnRefused(JsonObject message);

    /// <summary>A segmentation went on, or ended.</summary>
    /// <param name="message">For the page: how things are.</param>
    public void OnSegmentation(JsonObject message);

    /// <summary>Something failed that nobody waits for.</summary>
    /// <param name="message">One line.</param>
    public void OnError(string message);
}
