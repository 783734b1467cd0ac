/** A thread of main that makes thumbnails, displayable photographs, masks and maps. */
import { servePictures } from '../assets/picture-task.ts'
import { pictures } from '../assets/pictures.ts'

servePictures(pictures)
