using System.Text.Json.Nodes;
using Cellpose3D.Viewer.Scene;

namespace Cellpose3D.Viewer.Server;

/// <summary>Hears what changes in a session; must not take long.</summary>
public interface ISessionListener
{
    /// <summary>Somebody else applied a command.</summary>
    /// <param name="command">The command.</param>
    public void OnCommand(SceneCommand command);

    /// <summary>Cells have other colours.</summary>
    /// <param name="colors">The colours.</param>
    public void OnColors(CellColors colors);

    /// <summary>Labels were changed or saved.</summary>
    /// <param name="message">For the page: the boxes, the labels' version, undo and redo.</param>
    public void OnEdited(JsonObject message);

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
